"""A French pack is French throughout: titles, checks, verdicts, warnings, and what the page says on a click."""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from callsheet.targets.journey_optimizer import lowering, phrases
from callsheet.targets.journey_optimizer.french import ELSEWHERE, SENTENCES, in_french
from callsheet.targets.journey_optimizer.lowering import form
from support.journeys import SEVEN, write
from support.workspaces import Callsheet, Folder

TARGET = {
    "type": "journey-optimizer",
    "sandbox": "prod",
    "language": "fr",
    "relay": {"url": "https://relay.example.com", "key": {"secret": "env:CALLSHEET_RELAY_KEY"}},
}
ENVIRONMENT: dict[str, Any] = {
    "apiVersion": "callsheet/v1",
    "kind": "Environment",
    "metadata": {"name": "parcours"},
    "spec": {
        "extends": "production",
        "target": TARGET,
        "ledger": {"type": "sqlite", "path": ".callsheet/journeys.db"},
    },
}
NEAR = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: greet, owner: team-crm, title: {en: Greet, fr: Saluer}}
spec:
  request:
    method: POST
    url: "https://api.example.com/v1/users/{{ params.id }}/mails"
    headers: {X-Price: "{{ params.price }}", Content-Type: application/json}
    query: {when: "{{ params.at }}"}
    payload:
      text: "Hello {{ params.name | upper }}"
      to: "{{ params.mail }}"
      near: "{{ params.mail | lower }}"
      price: "{{ params.price | round(1) }} EUR"
      list: [{id: "{{ params.id }}", currency: EUR}]
      numbers: [1, null]
  authentication: {type: bearer, token: {secret: "env:TOKEN"}}
  parameters:
    id: {type: string, label: {en: Customer, fr: Client}}
    price: {type: number, label: {en: Price, fr: Prix}}
    at: {type: datetime, label: {en: Moment, fr: Moment}}
    name: {type: string, label: {en: Name, fr: Nom}, journey: {en: "@event{Order.customer.name}"}}
    mail: {type: string, optional: true, label: {en: Mail address, fr: Adresse}}
  responses:
    success: {payload: {id: m1, 3h: 1}}
    failure: {payload: [1]}
"""
# Words that no French sentence has; what a user wrote, code, and names of the product are taken out before.
ENGLISH = (
    "the", "is", "are", "of", "and", "it", "this", "with", "where", "by", "to", "not", "no", "be", "was", "has",
    "have", "which", "what", "when", "value", "field", "answer", "name", "copy", "copied", "secret is", "step", "changes", "journey", "journeys", "error", "optional", "constant", "variable is", "off", "yes",
)  # fmt: skip


class Text(HTMLParser):
    """What a reader of a page reads, but for code and values; and its language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.found: list[str] = []
        self.spoken: list[str] = []
        self._open: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang") or ""
        self.spoken += [named[one] or "" for one in ("data-copied", "data-select") if one in named]
        if tag in ("pre", "code", "style", "script"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("pre", "code", "style", "script"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.found.append(data.strip())


def english_in(texts: list[str], own: set[str]) -> list[str]:
    """Return the texts that have an English word, but for those that the workspace contains itself."""
    wrong = []
    for text in texts:
        if text in own:
            continue
        plain = re.sub(
            r"`[^`]*`|\{[a-z]+\}|Journey Optimizer|https?://\S+|[A-Z]{3,}[A-Z ]*|callsheet confirm.*",
            " ",
            text,
        )
        words = set(re.findall(r"[a-zéèêàâùûîïôç']+", plain.lower()))
        if words & {one for one in ENGLISH if " " not in one}:
            wrong.append(text)
    return wrong


def own_texts(record: Any) -> set[str]:
    """Return what a page shows of the workspace itself: values, labels, and the names of fields."""
    found = {it["value"] for step in record["steps"] for it in step["fields"] if it["value"] is not None}
    for step in record["steps"]:
        found |= {
            it["name"] for it in step["fields"] if it["section"] in ("En-têtes", "Paramètres de requête")
        }
        found |= {it["name"] for it in step["fields"] if it["section"] in ("Dans chaque parcours", "API")}
        found |= {it["name"] for it in step["fields"] if "." in it["name"] or it["kind"] == "note"}
    return found


@pytest.fixture
def french(samples: Folder) -> Folder:
    samples.write("environments/journeys.yaml", yaml.safe_dump(ENVIRONMENT))
    samples.write("greet.yaml", NEAR)
    return samples


def packed(callsheet: Callsheet, folder: Folder, pack: Path) -> tuple[Text, Any]:
    accept = ("--accept", "sensitive", "--accept", "breaking", "--accept", "max-update")
    outcome = callsheet(
        "apply", "-C", folder.path, "-e", "parcours", "--yes", "-q", *accept, "--pack", pack
    )
    assert outcome.code == 0, outcome.err
    return Text((pack / "index.html").read_text("utf-8")), json.loads(
        (pack / "pack.json").read_text("utf-8")
    )


def test_a_french_pack_of_all_samples_has_no_english_sentence(
    french: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    page, record = packed(callsheet, french, tmp_path / "pack")
    assert page.language == "fr"
    assert page.spoken == ["Copié", "Sélectionnez"]
    assert len(page.found) > 300
    assert english_in(page.found, own_texts(record)) == []
    assert ELSEWHERE not in json.dumps(record, ensure_ascii=False)
    notes = [it["note"] for step in record["steps"] for it in step["fields"] if it["kind"] != "secret"]
    assert english_in(notes, set()) == []


def test_a_french_pack_of_custom_channels_has_no_english_sentence(
    french: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    target = {**TARGET, "flavor": "custom-channel"}
    spec = {**ENVIRONMENT["spec"], "target": target}
    french.write("environments/journeys.yaml", yaml.safe_dump({**ENVIRONMENT, "spec": spec}))
    page, record = packed(callsheet, french, tmp_path / "pack")
    assert len(page.found) > 200
    assert english_in(page.found, own_texts(record)) == []
    assert ELSEWHERE not in json.dumps(record, ensure_ascii=False)
    notes = [it["note"] for step in record["steps"] for it in step["fields"] if it["kind"] != "secret"]
    assert english_in(notes, set()) == []


def test_a_change_is_shown_in_french_with_both_values(
    french: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    packed(callsheet, french, tmp_path / "one")
    assert callsheet("confirm", tmp_path / "one", "-C", french.path, "-q").code == 0
    french.write("greet.yaml", NEAR.replace("currency: EUR", "currency: USD"))
    page, record = packed(callsheet, french, tmp_path / "two")
    assert "Ce qui change" in page.found
    assert '`payload.list.0.currency` : "EUR" → "USD"' in page.found
    assert english_in(page.found, own_texts(record)) == []


def test_the_word_list_finds_an_english_sentence(
    french: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    french.write(
        "environments/journeys.yaml",
        yaml.safe_dump(
            {**ENVIRONMENT, "spec": {**ENVIRONMENT["spec"], "target": {**TARGET, "language": "en"}}}
        ),
    )
    page, record = packed(callsheet, french, tmp_path / "pack")
    assert page.language == "en"
    assert len(english_in(page.found, own_texts(record))) > 50


def test_every_sentence_is_there_twice_with_the_same_facts() -> None:
    for key, (english, french) in phrases.PHRASES.items():
        assert english, key
        assert french, key
        facts = [sorted(one[1] or "" for one in Formatter().parse(text)) for text in (english, french)]
        assert {*facts[0]} == {*facts[1]}, key
    assert english_in([french for _, french in phrases.PHRASES.values()], set()) == []
    assert english_in([french for _, french in phrases.UNVERIFIED.values()], set()) == []
    assert english_in([*SENTENCES.values()], set()) == []


def test_every_reason_of_lowering_has_its_french_form_and_every_point_its_note() -> None:
    folder = Path(lowering.__file__).parent
    named: dict[str, str] = {}
    points = {form.ENCODING, form.NULL_OF_A_FILLED_VARIABLE}
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ("differs", "within"):
                names = (one.id for one in ast.walk(node.value) if isinstance(one, ast.Name))
                named |= {one: file.stem for one in names if one.isupper() and not one.startswith("_")}
            if isinstance(node, ast.keyword) and node.arg == "unverified":
                points |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    assert points <= {*phrases.UNVERIFIED}
    assert len(named) > 10
    for name, file_name in named.items():
        module = import_module(f"callsheet.targets.journey_optimizer.lowering.{file_name}")
        assert getattr(module, name) in SENTENCES, name


def test_the_reasons_that_name_a_field_are_translated_with_it() -> None:
    assert in_french("where `a` or `b` has no value, the field is sent with an empty string") == (
        "si `a` ou `b` n'a pas de valeur, le champ est envoyé avec une chaîne vide"
    )
    assert in_french("where `a` has no value, the field is sent as null and not left out").startswith(
        "si `a`"
    )


def test_the_seven_have_a_french_pack_too(empty: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    write(empty, **SEVEN)
    text = (empty.path / "environments.yaml").read_text("utf-8").replace("name: journeys", "name: parcours")
    empty.write("environments.yaml", text.replace("sandbox: prod", "sandbox: prod, language: fr"))
    page, record = packed(callsheet, empty, tmp_path / "pack")
    assert english_in(page.found, own_texts(record)) == []
