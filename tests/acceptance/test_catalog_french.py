"""The French pages of the catalog: no text of the interface is English, and its spaces are French."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from callsheet.language.difference import NOTHING
from callsheet.planning.explanations import explain
from callsheet.reporting.catalog.difference_words import difference_in_french
from callsheet.reporting.catalog.new_words import new_words_in
from callsheet.reporting.catalog.overview import Ending
from callsheet.reporting.catalog.report_words import in_words
from callsheet.reporting.catalog.wording import (
    allowed_words,
    call_words,
    group_words,
    moment,
    number,
    personal_words,
    spaced,
    type_words,
)
from callsheet.reporting.catalog.words import words_in
from callsheet.reporting.page import Code, Inline
from support.browser import Watched, browser, watched
from support.workspaces import ACTION, Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
TEXTS = r"""() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node; (node = walker.nextNode());) {
    const around = node.parentElement;
    const language = around.closest("[lang]").lang;
    const isOfAFile = around.closest("script, style, code, pre, textarea, .languages") ||
      (around.closest("form.new option") && /^\d+$/.test(around.value));
    if (language === "fr" && !isOfAFile) found.push(node.data.trim());
  }
  return found.filter(Boolean);
}"""
"""What a page says in French, also where it is folded away; what is the compiler's is marked as English.

Texts and values of files are left out: code, messages, and the values that the form of a new action offers."""
SCHEMA = {"maxLength", "minLength", "enum", "pattern", "string", "integer", "boolean", "retries", "timeout"}


def scalars(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from scalars(one)
    elif isinstance(value, list):
        for one in value:
            yield from scalars(one)
    else:
        yield str(value)


@pytest.fixture
def site(samples: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    """Write the catalog of the samples: one is changed after they were deployed."""
    assert callsheet("apply", "--yes", "-q", "-e", "local", "-C", samples.path).code == 0
    push = samples.path / "firebase" / "push.yaml"
    push.write_text(push.read_text("utf-8").replace("priority: HIGH", "priority: NORMAL"), "utf-8")
    assert callsheet("catalog", "-C", samples.path, "-e", "local", "--out", tmp_path / "site").code == 0
    return tmp_path / "site"


def english() -> set[str]:
    """Return the English texts of the interface that are others in French."""
    found: set[str] = set()
    for words in (words_in, new_words_in):
        one, other = words("en"), words("fr")
        # The link to the English page is in English, and says so; the other is the language's own code.
        found |= {text for key, text in one.items() if text != other[key] and key not in ("other", "lang")}
    kinds = ("device-id", "name", "phone", "ip-address", "customer-id")
    types = ("string", "number", "integer", "boolean", "array", "object")
    return (
        found
        | {*kinds}
        | {personal_words(one, "en") for one in kinds}
        | {type_words(one, "en") for one in types}
    )


def is_wrong(text: str, written: set[str], unwanted: set[str]) -> bool:
    """Return whether a text of the interface is English, of the schema, or has spaces of another language."""
    words = {text, *re.split(r"\s*[:,(]\s*", text)}
    if words & unwanted and not words & (written - unwanted):
        return True
    if SCHEMA & {*re.findall(r"\w+", text)}:
        return True
    return text not in written and bool(re.search(r" [:;!?»](?:\s|$)|« |[0-9]{4}-[0-9]{2}-[0-9]{2}T", text))


def test_no_text_of_the_interface_is_english(site: Path, samples: Folder, watched: Opening) -> None:
    written = {
        text
        for path in samples.path.rglob("*.yaml")
        for one in yaml.load_all(path.read_text("utf-8"), yaml.BaseLoader)
        for text in scalars(one)
    }
    unwanted, bad = english(), []
    one = watched((site / "fr" / "index.html").as_uri(), 1280)
    for page in sorted((site / "fr").rglob("*.html")):
        one.page.goto(page.as_uri())
        texts = one.page.evaluate(TEXTS)
        assert len(texts) > 20, page
        bad += [(page.name, text) for text in texts if is_wrong(text, written, unwanted)]
    assert not bad, bad
    assert one.said == []


@pytest.mark.parametrize(
    ("declared", "english", "french"),
    [
        ({"maxLength": 120}, "at most 120 characters", "au plus 120 caractères"),
        ({"minLength": 1, "maxLength": 5000}, "at least 1 character, at most 5,000 characters",
         "au moins 1 caractère, au plus 5 000 caractères"),
        ({"maxLength": 0}, "at most 0 characters", "au plus 0 caractère"),
        ({"enum": ["en", 2, None]}, "one of: en, 2, null", "au choix : en, 2, null"),
        ({"minimum": 0.5, "maximum": 10000}, "0.5 or more, 10,000 or less", "0,5 ou plus, 10 000 ou moins"),
        ({"multipleOf": 0.05}, "a multiple of 0.05", "multiple de 0,05"),
        ({"pattern": "^[a-z]{2}$"}, "of the form ^[a-z]{2}$", "de la forme ^[a-z]{2}$"),
        ({"format": "email"}, "an email address", "une adresse e-mail"),
        ({"format": "iri"}, "of the format iri", "au format iri"),
        ({"label": "x"}, "", ""),
    ],
)  # fmt: skip
def test_limits_of_a_value_are_said_in_words(declared: dict[str, Any], english: str, french: str) -> None:
    assert allowed_words(declared, "en") == english
    assert re.sub("[\u00a0\u202f]", " ", allowed_words(declared, "fr")) == french


def test_limits_of_a_call_are_said_in_words() -> None:
    limits = {"rate": "3000 per 5s", "retries": 1, "timeout": "2m", "maxConnections": 4}
    assert call_words(limits, "en").replace("\u00a0", " ") == (
        "3,000 calls per 5 s, 1 retry, timeout 2 min, 4 connections at once"
    )
    assert call_words(limits, "fr").replace("\u00a0", " ") == (
        "3\u202f000 appels par 5 s, 1 nouvelle tentative, délai maximal 2 min, 4 connexions à la fois"
    )


def test_a_time_is_a_date_in_the_language_and_exact_beside_it(site: Path, watched: Opening) -> None:
    assert moment("2026-08-01T23:30:00-02:00", "fr") == "2\u00a0août 2026 à\u00a001:30\u00a0UTC"
    assert moment("2026-08-01T23:30:00Z", "en") == "1\u00a0August 2026, 23:30\u00a0UTC"
    assert moment("2026-08-01", "fr") == "1er\u00a0août 2026"
    assert moment("soon", "fr") == "soon"
    one = watched((site / "fr" / "actions" / "firebase_push.html").as_uri(), 1280)
    for found in one.page.locator("time").all():
        exact = found.get_attribute("datetime")
        assert exact == found.get_attribute("title")
        assert found.inner_text() == moment(exact or "", "fr")
    assert one.page.locator("time").count() > 2


@pytest.mark.parametrize(
    ("line", "french"),
    [
        ((Code("Action/a"), " update, compatible, owner team-crm in local"),
         "Action/a : modification, compatible, équipe team-crm dans local"),
        ((Code("Action/a"), " create, by hand in x, y, sensitive in x, y, z"),
         "Action/a : création, à la main dans x, y, sensible dans x, y, z"),
        ((Code("a"), " → ", Code("b"), " rename, cosmetic"), "a → b : renommage, sans effet"),
        (("Changed at the target, not by callsheet", " in ", Code("local")),
         "Modifié à la cible, pas par callsheet dans local"),
        ((Code("Action/a"), " no longer deployed"), "Action/a plus déployé"),
        (("Shared value ", Code("values.a"), " changes 2 actions"), "Valeur partagée values.a : 2 actions modifiées"),
        (("payload field ", Code("a"), " changed", " (constant-changed)", " · ", Code("a.yaml:3:1")),
         "champ a du corps modifié (constant-changed) · a.yaml:3:1"),
        (("personal data (", Code("phone"), ": phone) newly leaves for a.example", " (new-personal-data)"),
         "donnée personnelle (phone : numéro de téléphone) qui sort désormais vers a.example (new-personal-data)"),
        # A sentence that is not known as a whole stays the compiler's.
        (("payload field ", Code("a"), " changed, by `x` of row 2", " (constant-changed)"), ""),
        (("payload field ", Code("a`b"), " changed", " (constant-changed)"), ""),
        ((Code("Action/a"), " burn, compatible"), ""),
    ],
)  # fmt: skip
def test_a_head_of_a_report_is_french_as_a_whole_or_not_at_all(line: Inline, french: str) -> None:
    found = "".join(one.text if isinstance(one, Code) else str(one) for one in in_words("fr")(line))
    assert found.replace("\u00a0", " ") == french
    assert in_words("en")(line) == ()


PHONE = {"type": "string", "sensitivity": "phone"}
TOKEN, OTHER_TOKEN = {"secret": "env:A"}, {"secret": "env:B"}


@pytest.mark.parametrize(
    ("path", "old", "new", "french"),
    [
        (("title", "en"), "a", "b", "title.en modifié"),
        (("owner",), NOTHING, "b", "owner ajouté"),
        (("limits", "retries"), 1, 2, "`limits.retries` modifié"),
        (("request", "method"), "GET", "POST", "méthode : POST, c'était GET"),
        (("request", "url"), "https://a.example/", "https://b.example/", "hôte : b.example, c'était a.example"),
        (("request", "headers", "X-A"), "a", NOTHING, "en-tête `X-A` supprimé"),
        (("request", "headers"), NOTHING, {}, "en-têtes ajoutés"),
        (("request", "query", "a"), "a", "b", "paramètre `a` de l'URL modifié"),
        (("request", "payload", "a", 0), 1, 2, "champ `a[0]` du corps modifié"),
        (("request", "payload"), {}, NOTHING, "corps supprimé"),
        (("request", "payload", "a", "$whenEmpty"), NOTHING, "drop", "champ `a` du corps désormais omis quand rien n'y a de valeur"),
        (("request", "payload", "$template", "text"), "a", "b", "corps : texte du modèle modifié"),
        (("authentication", "type"), "basic", "bearer", "authentification : bearer, c'était basic"),
        (("authentication", "token"), TOKEN, OTHER_TOKEN, "secret de `authentication.token` : env:B, c'était env:A"),
        (("parameters", "a"), NOTHING, PHONE, "paramètre `a` ajouté, obligatoire"),
        (("parameters", "a"), NOTHING, {**PHONE, "optional": True}, "paramètre `a` ajouté, facultatif"),
        (("parameters", "a"), PHONE, NOTHING, "paramètre `a` supprimé"),
        (("parameters", "a", "optional"), NOTHING, True, "paramètre `a` devenu facultatif"),
        (("parameters", "a", "label"), "a", "b", "libellé du paramètre `a` modifié"),
        (("parameters", "a", "sensitivity"), NOTHING, "phone", "sensibilité du paramètre `a` : ajout"),
        (("parameters", "a", "maxLength"), 1, 2, "`maxLength` du paramètre `a` modifié"),
        (("content", "fr"), NOTHING, {}, "contenu en langue `fr` ajouté"),
        (("content", "fr", "subject"), "a", "b", "`subject` en langue `fr` modifié"),
    ],
)  # fmt: skip
def test_what_the_compiler_says_of_a_difference_is_said_in_french(
    path: tuple[str | int, ...], old: Any, new: Any, french: str
) -> None:
    words, _, _ = explain(path, old, new, {}, {})
    assert difference_in_french(words).replace("\u00a0", " ") == french


def test_what_is_not_said_in_french_is_marked_as_english(site: Path, watched: Opening) -> None:
    """Everything that a report says is French as a whole, or between marks that say that it is English."""
    one = watched((site / "fr" / "changes.html").as_uri(), 1280)
    one.page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")
    said = one.page.locator(".report p:has-text('constant-changed')").first
    assert said.locator("span").get_attribute("lang") == "fr"
    assert said.inner_text().startswith(
        "champ message.android.priority du corps modifié (constant-changed) · "
    )
    assert one.page.locator(".report").get_attribute("lang") == "en"
    assert one.said == []


def test_french_spaces_keep_punctuation_at_its_word() -> None:
    assert spaced("Quoi ? « Cela » ; voir : https://a.example/") == (
        "Quoi\u202f? «\u00a0Cela\u00a0»\u202f; voir\u00a0: https://a.example/"
    )
    assert number(1234567, "fr") == "1\u202f234\u202f567"


def test_what_is_not_there_is_said_in_the_gender_of_its_heading(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    text = ACTION.format(name="bare", constant="1")
    before = "owner: team-a, labels: {channel: push}"
    assert before in text
    empty.write("bare.yaml", text.replace(before, "labels: {channel: in_app}"))
    outcome = callsheet("catalog", "-C", empty.path, "--out", tmp_path / "site", "--lang", "fr")
    assert outcome.code == 0
    one = watched((tmp_path / "site" / "actions" / "bare.html").as_uri(), 1280)
    found = dict(re.findall(r"<dt>([^<]*)</dt><dd>(aucune?)</dd>", one.page.content()))
    assert {key: found[key] for key in ("Équipe", "Données personnelles", "Limites", "Règles")} == {
        "Équipe": "aucune",
        "Données personnelles": "aucune",
        "Limites": "aucune",
        "Règles": "aucune",
    }
    assert found["Contrat"] == found["Cas de test"] == "aucun"
    one.page.goto((tmp_path / "site" / "index.html").as_uri())
    assert one.page.locator("h3").all_inner_texts() == ["Dans l'application"]
    assert "Dans l'application" in one.page.locator("select[name=channel] option").all_inner_texts()
    assert one.said == []


def test_numbers_and_words_agree() -> None:
    english, french = words_in("en"), words_in("fr")

    def left(days: int) -> tuple[str, str]:
        one = Ending("a", "b", "2026-01-01", days)
        return one.left(english), one.left(french)

    assert [left(days) for days in (-1, 0, 1, 2)] == [
        ("expired", "échéance passée"),
        ("0 days", "0 jour"),
        ("1 day", "1 jour"),
        ("2 days", "2 jours"),
    ]
    assert (french["passed_one"], french["passed"]) == ("réussi", "réussis")


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [("in_app", "In the app", "Dans l'application"), ("inApp", "In the app", "Dans l'application"), ("sms", "SMS", "SMS"), ("e-mail", "Email", "E-mail"),
     ("endpoints", "Endpoints", "Points d'accès"), ("email2", "Email2", "Email2"), ("next_best-offer", "Next best offer", "Next best offer"), ("B2B", "B2B", "B2B"), ("_", "_", "_")],
)  # fmt: skip
def test_a_channel_is_called_as_people_do(value: str, english: str, french: str) -> None:
    assert (group_words(value, "en"), group_words(value, "fr")) == (english, french)
