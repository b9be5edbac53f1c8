"""The public corpora: no crash, no hang, and never another value than the one that is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet.compiling import canonical_text
from callsheet.documents.json_reader import read_json
from callsheet.documents.reading import decode
from callsheet.documents.yaml_reader import read_yaml
from support.forms import one_of_each
from support.workspaces import SHARED, Callsheet, Folder

CORPORA = SHARED / "corpora"
needs_corpora = pytest.mark.skipif(
    not CORPORA.is_dir(), reason=f"the corpora are not at {CORPORA.name}/ of shared"
)

JSON_CASES = sorted((CORPORA / "json-parsing" / "test_parsing").glob("*.json"))


@needs_corpora
def test_json_texts_are_accepted_and_refused_as_the_suite_says() -> None:
    wrong = []
    for path in JSON_CASES:
        text, problem = decode(path.read_bytes(), path.name)
        documents, problems = ([], [problem]) if problem else read_json(text, path.name)
        accepted = bool(documents) and not problems
        # A byte order mark, numbers beyond a double, duplicate keys: RFC 7493 refuses more than RFC 8259.
        stricter = any(
            one.code in ("CS108", "CS113", "CS123", "CS124", "CS125", "CS112") for one in problems
        )
        if path.name.startswith("y_") and not accepted and not stricter:
            wrong.append(path.name)
        if path.name.startswith("n_") and accepted:
            wrong.append(path.name)
        if accepted and documents[0].value != json.loads(text):
            wrong.append(path.name)
    assert len(JSON_CASES) >= 300
    assert wrong == []


def yaml_cases() -> list[tuple[str, str, str | None]]:
    """Give name, YAML text, and the JSON that it stands for (None where it must be refused)."""
    import yaml

    found = []
    for path in sorted((CORPORA / "yaml" / "src").glob("*.yaml")):
        previous: dict[str, Any] = {}
        for number, case in enumerate(yaml.safe_load(path.read_text("utf-8"))):
            case = {**previous, **case} if number else case
            previous = case
            found.append(
                (
                    f"{path.stem}-{number}",
                    visible(case["yaml"]),
                    None if case.get("fail") else case.get("json", ""),
                )
            )
    return found


def visible(text: str) -> str:
    """Undo the suite's way to show white space."""
    for shown, real in (("␣", " "), ("»", "\t"), ("↵", ""), ("∎\n", ""), ("←", "\r"), ("⇔", "\ufeff")):
        text = text.replace(shown, real)
    while "—" in text:
        text = text.replace("—»", "\t").replace("—\t", "\t").replace("—", "")
    return text


def json_documents(text: str) -> list[Any]:
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


@needs_corpora
def test_yaml_gives_the_value_of_the_suite_or_a_diagnostic() -> None:
    wrong, equal = [], 0
    cases = yaml_cases()
    for name, text, expected in cases:
        documents, problems = read_yaml(text, name)
        if problems or expected is None or expected == "":
            continue
        values = [one.value for one in documents]
        # A document of nothing but null is none to callsheet.
        wanted = [one for one in json_documents(expected) if one is not None]
        if values == wanted:
            equal += 1
        else:
            wrong.append(name)
    assert len(cases) >= 400
    assert wrong == []
    assert equal >= 150, f"only {equal} cases were read at all"


@needs_corpora
def test_canonical_json_is_that_of_the_reference() -> None:
    folder = CORPORA / "canonical-json" / "testdata"
    for path in sorted((folder / "input").glob("*.json")):
        expected = (folder / "output" / path.name).read_text("utf-8").strip()
        value = json.loads(path.read_text("utf-8"))
        assert json.loads(expected) == json.loads(canonical_text(value) if safe(value) else expected)
        if safe(value):
            assert canonical_text(value) == expected


def safe(value: Any) -> bool:
    """Leave out values whose integers no double holds: callsheet refuses them before."""
    try:
        canonical_text(value)
    except ValueError:
        return False
    return True


def naughty() -> list[str]:
    path = CORPORA / "naughty-strings" / "blns.json"
    if path.is_file():
        found: list[str] = json.loads(path.read_text("utf-8"))
        return found
    return [
        "",
        "\x1b[31m",
        "</script>",
        "::set-output name=x::y",
        "\u202e",
        "'\"`",
        "{{ 1 }}",
        "$(id)",
        "😀",
        "null",
    ]


def test_naughty_strings_as_titles_values_and_parameters(workspace: Folder, callsheet: Callsheet) -> None:
    strings = [one for one in naughty() if "{{" not in one and "{%" not in one and "{#" not in one]
    payload = {str(number): one for number, one in enumerate(strings)}
    document = {
        "apiVersion": "callsheet/v1", "kind": "Action",
        "metadata": {"name": "naughty", "title": strings[-1], "description": {"en": "\n".join(strings)}},
        "spec": {"request": {"method": "POST", "url": "https://a.example/{{ params.p }}",
                             "payload": {**payload, "p": "<{{ params.p }}>"}},
                 "parameters": {"p": {"type": "string", "label": strings[0]}}},
    }  # fmt: skip
    workspace.write("naughty.json", json.dumps(document))
    assert callsheet("validate", "-C", workspace.path).code == 0
    shown = callsheet("plan", "-C", workspace.path)
    shown_list = callsheet("list", "-C", workspace.path)
    assert not any(one < " " and one != "\n" for one in shown.out + shown_list.out)
    from callsheet import CallsheetError, Workspace
    from callsheet.calling.request import build_request

    compiled = Workspace(workspace.path).compile().by_environment["local"]["Action/naughty"].content
    for one in [".", "..", *one_of_each(strings, 8)]:
        if not one or any("\ud800" <= character <= "\udfff" for character in one):
            continue
        if one in (".", ".."):
            with pytest.raises(CallsheetError, match="a segment of the URL's path would be"):
                build_request(compiled, {"p": one})
            continue
        request = build_request(compiled, {"p": one})
        assert json.loads(request.body) == {**payload, "p": f"<{one}>"}
        assert Path(request.url).parts[:2] == ("https:", "a.example")
