"""What the catalog's form shows is what the compiler says: equal requests, or equal refusals."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callsheet import CallsheetError, Workspace
from callsheet.calling.parameters import read_argument
from callsheet.calling.request import build_request
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import FolderSource, MemorySource
from callsheet.reporting.catalog import site_of
from callsheet.reporting.catalog.forms import form_of
from callsheet.standalone import write_site
from support import forms, generated
from support.browser import Watched, any_browser, browser, watched
from support.firefox import firefox
from support.workspaces import ROOT, Folder

__all__ = ["any_browser", "browser", "firefox", "watched"]
Opening = Callable[..., Watched]
SCRIPT = (ROOT / "compiler" / "callsheet" / "reporting" / "catalog" / "request.js").read_text("utf-8")
UNSURE = "may have the declared format, or not: `callsheet render` can tell"
TEXTS = (
    "Ada", "été «€»", "a b/c&d?e#f", " spaces ", "ß İ ΑΣ", "😀 ok", "0", "1", "-1", "1.0", "1.50", "1e3", "1e400", "0.1", "2.5e-7",
    "9007199254740993", "123456789012345678901234567890", "0.30000000000000004441", "1000.5", "true", "false", "null", "\"text\"", "[]", "{}",
    "[1, 2.0, \"a\"]", "{\"b\": 1, \"a\": [true, null]}", "[9007199254740993]", "2026-11-27", "2026-02-30", "2024-02-29", "2026-11-27T08:30:00Z",
    "2026-11-27T23:59:59.5+05:30", "2026-11-27T24:00:00Z", "27/11/2026", "ada@example.com", "ada", "a@b@c", "ada+x@mail.example.co", "é@example.com",
    "https://shop.example.com/p/1?a=b", "https://exa mple.com", "..", ".", "a\tb", "line\nbreak", "!'()*~", "en", "fr", "%2e", "x" * 200, "\u2028",
)  # fmt: skip


def said(compiled: Any, texts: dict[str, str]) -> dict[str, Any]:
    """Return what the compiler says of texts, as it reads them on the command line."""
    declared = compiled.get("parameters", {})
    given = {name: read_argument(declared, name, text) for name, text in texts.items()}
    try:
        found = build_request(compiled, given)
    except CallsheetError as error:
        return {"faults": list(error.details) or [error.message]}
    return {"method": found.method, "url": found.url, "headers": found.headers, "body": found.body}


def calls(actions: list[Any], chance: Random, each: int) -> list[tuple[Any, dict[str, str]]]:
    """Return actions with the texts of a form: their examples, and others."""
    found = []
    for one in actions:
        declared = one.get("parameters", {})
        examples = {
            name: it["example"] if isinstance(it.get("example"), str) else json.dumps(it["example"])
            for name, it in declared.items()
            if "example" in it
        }
        found.append((one, examples))
        for _ in range(each):
            changed = chance.sample(sorted(declared), min(len(declared), chance.randint(1, 2)))
            others = {name: chance.choice((None, "", *TEXTS)) for name in changed}
            found.append(
                (one, {name: text for name, text in (examples | others).items() if text is not None})
            )
    return found


def compare(browser: Any, asked: list[tuple[Any, dict[str, str]]]) -> Counter[str]:
    """Compare the browser's requests with the compiler's; raises AssertionError for one that differs."""
    page = browser.new_page()
    page.set_content("<p>nothing</p>")
    # As the page has it: it computes, and shows nothing here.
    page.evaluate(f"{SCRIPT}; window.requestOf = requestOf; 0")
    batch = json.dumps([[one, texts] for one, texts in asked])
    # As text: what is handed over as an object loses the name `__proto__`.
    compute = "batch => JSON.stringify(JSON.parse(batch).map(([one, texts]) => requestOf(one, texts)))"
    answers = json.loads(page.evaluate(compute, batch))
    page.close()
    counts: Counter[str] = Counter()
    for (one, texts), shown in zip(asked, answers, strict=True):
        wanted = said(one, texts)
        if any(UNSURE in it for it in shown.get("faults", ())):
            counts["unsure"] += 1
            continue
        counts["refused" if "faults" in wanted else "equal"] += 1
        if shown == {"faults": ["a value cannot be written as JSON"]}:
            # The compiler says of which value that holds, and why.
            assert all("JSON" in it or "not finite" in it for it in wanted["faults"]), (texts, wanted)
            continue
        assert shown == wanted, (json.dumps(one), texts)
    return counts


def in_both(browser: Any, asked: list[tuple[Any, dict[str, str]]]) -> list[tuple[list[str], list[str]]]:
    """Return what is refused of each call on an English page, and on a French one."""
    found = []
    for language in ("en", "fr"):
        page = browser.new_page()
        page.set_content(f"<html lang={language}><p>nothing</p>")
        page.evaluate(f"{SCRIPT}; window.requestOf = requestOf; 0")
        batch = json.dumps([[one, texts] for one, texts in asked])
        compute = "batch => JSON.parse(batch).map(([one, texts]) => requestOf(one, texts).faults || [])"
        found.append(page.evaluate(compute, batch))
        page.close()
    return [*zip(*found, strict=True)]


def test_a_french_page_refuses_the_same_in_french(samples: Folder, browser: Any) -> None:
    compiled = compile_workspace(FolderSource(samples.path))
    actions = [it.content for one in compiled.by_environment.values() for it in one.values()]
    usable = [one for one in actions if form_of({"it": one})]
    pairs = in_both(browser, calls(usable, Random(2), 40))
    kinds = set()
    for english, french in pairs:
        assert len(english) == len(french)
        for one, other in zip(english, french, strict=True):
            assert one != other
            # The parameter or the header that it is about is named in both.
            assert {*re.findall("`([^`]*)`", one)} == {*re.findall("`([^`]*)`", other)}
            kinds.add(re.sub("`[^`]*`|[0-9]+", "", other))
    assert len(kinds) > 4
    assert not [one for one in kinds if re.search(r"\b(?:is|the|would|not|than|has)\b", one)], kinds
    page = browser.new_page()
    page.set_content("<p>nothing</p>")
    page.evaluate(f"{SCRIPT}; window.SAID = SAID; 0")
    said: dict[str, list[str]] = page.evaluate("window.SAID")
    page.close()
    assert len(said) > 20
    assert [
        key for key, (one, other) in said.items() if one == other or ("{}" in one) != ("{}" in other)
    ] == []


def test_the_samples_show_the_requests_of_the_compiler(samples: Folder, any_browser: Any) -> None:
    compiled = compile_workspace(FolderSource(samples.path))
    actions = [it.content for one in compiled.by_environment.values() for it in one.values()]
    usable = [one for one in actions if form_of({"it": one})]
    assert {one["name"] for one in usable} >= {
        "firebase_push",
        "facebook_conversion",
        "vonage_sms",
        "sendgrid_mail",
    }
    counts = compare(any_browser, calls(usable, Random(1), 40))
    assert counts["equal"] > 200
    assert counts["refused"] > 200
    assert counts["unsure"] < counts.total() / 50


@pytest.mark.parametrize("seed", range(4 if not forms.LONG else 100))
def test_generated_actions_show_the_requests_of_the_compiler(seed: int, browser: Any) -> None:
    found: list[Any] = []
    number = seed * 1_000
    while len(found) < 25:
        number += 1
        maker = generated.Maker(number)
        tree = generated.tree_of(generated.Model(maker), number, [])
        compiled = compile_workspace(MemorySource({name: text.encode() for name, text in tree.items()}))
        actions = [it.content for one in compiled.by_environment.values() for it in one.values()]
        found += [one for one in actions if form_of({"it": one})]
    counts = compare(browser, calls(found, Random(seed), 20))
    assert counts["equal"] > 50


KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"}, "text_of_two": {"type": "string", "minLength": 2}, "choice": {"type": "string", "enum": ["", "a"]},
    "pattern": {"type": "string", "pattern": "^[a-z]?$"}, "address": {"type": "string", "format": "email"}, "day": {"type": "date"},
    "list": {"type": "array", "items": "string"}, "fields": {"type": "object"}, "number": {"type": "number"}, "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
}  # fmt: skip
READ = """() => {
  const form = document.querySelector("form.request"), found = form.querySelector("output");
  return [[...found.querySelectorAll(".error")].map(it => it.textContent), found.querySelectorAll("pre").length && found.querySelectorAll("pre")[1].textContent];
}"""  # fmt: skip


@pytest.mark.one_in(2)
@pytest.mark.parametrize("template", ["{{ params.%s }}", "{{ params.%s | default('none') }}", "x{{ params.%s | default('n', true) }}"])  # fmt: skip
@pytest.mark.parametrize("optional", [True, False])
def test_the_form_tells_the_empty_text_from_none(
    template: str, optional: bool, workspace: Folder, tmp_path: Path, watched: Opening
) -> None:
    names = KINDS
    if template.startswith("x"):
        names = {name: one for name, one in names.items() if one["type"] not in ("array", "object")}
    for name, declared in names.items():
        action = {
            "apiVersion": "callsheet/v1",
            "kind": "Action",
            "metadata": {"name": f"of_{name}", "title": "Example"},
            "spec": {
                "request": {
                    "method": "POST",
                    "url": "https://api.example.com/v1",
                    "payload": {"value": template % "p"},
                },
                "parameters": {"p": {**declared, **({"optional": True} if optional else {})}},
            },
        }
        workspace.write(f"of_{name}.yaml", json.dumps(action))
    compiled = compile_workspace(FolderSource(workspace.path))
    opened = Workspace(workspace.path)
    site = site_of(opened.catalog())
    write_site(str(tmp_path / "site"), site.names, site.files)
    one = watched((tmp_path / "site" / "index.html").as_uri(), 800)
    counts: Counter[str] = Counter()
    for name, declared in names.items():
        content = compiled.by_environment["local"][f"Action/of_{name}"].content
        one.page.goto((tmp_path / "site" / "actions" / f"of_{name}.html").as_uri())
        field, asked = one.page.locator("[data-parameter=p]"), one.page.locator("[data-empty=p]")
        is_choice = "enum" in declared or declared["type"] == "boolean"
        for texts in ({}, {"p": ""}):
            if is_choice:
                shown = one.page.locator("[data-parameter=p] option").all_inner_texts()
                assert shown[0] == "not given"
                if texts and "the empty text" not in shown:
                    continue
                field.select_option(label="the empty text" if texts else "not given")
            else:
                assert field.input_value() == ""
                asked.set_checked(bool(texts))
            faults, body = one.page.evaluate(READ)
            wanted = said(content, texts)
            assert faults == [it.replace("`", "") for it in wanted.get("faults", ())], (name, texts)
            if "body" in wanted:
                assert json.loads(body or "null") == json.loads(wanted["body"]), (name, texts)
            counts["refused" if faults else "equal"] += 1
        if not is_choice:
            # What is typed is what is given, and the choice is gone.
            field.fill("a")
            assert asked.is_hidden()
            field.fill("")
            assert asked.is_visible()
    assert counts["equal"] > 2
    assert counts["refused"] > 2
    assert one.said == []


def test_an_action_without_a_form_says_what_to_do(samples: Folder, tmp_path: Path) -> None:
    del tmp_path
    found = Workspace(samples.path).catalog()
    without = [one.definition.name for one in found.entries if not form_of(dict(one.compiled))]
    assert without == ["adobe_io_event", "shipped_email", "shipped_push", "shipped_sms", "vonage_api"]


ODD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "names that every object has": (
        {name: {"type": "string", "optional": True} for name in ("constructor", "valueOf", "toString", "__proto__")},
        {"b": "{{ params.constructor }}", "c": "c {{ params.valueOf }}", "d": "{{ params.toString }}"},
    ),
    "an empty value counts as none": (
        {"z": {"type": "integer"}, "l": {"type": "array", "items": "string"}},
        {"z": "{{ params.z | default('d', true) }}", "l": "{{ params.l | default('none', true) }}"},
    ),
    "a mark that is longer than the text may be": ({"t": {"type": "string"}}, {"t": "{{ params.t | truncate(2, 'xyz') }}"}),
    "multiples": (
        {
            "a": {"type": "number", "multipleOf": 0.1, "optional": True},
            "b": {"type": "integer", "multipleOf": 7, "optional": True},
            "c": {"type": "number", "multipleOf": 2.5e-7, "optional": True},
        },
        {"a": "{{ params.a }}", "b": "{{ params.b }}", "c": "{{ params.c }}"},
    ),
    "a choice of lists": ({"t": {"type": "array", "items": "integer", "enum": [[1], [2]]}}, {"t": "{{ params.t }}"}),
    "names that look like numbers": ({"t": {"type": "string"}}, {"10": "{{ params.t }}", "9": "{{ params.t }}"}),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_odd_actions_show_the_requests_of_the_compiler(what: str, workspace: Folder, browser: Any) -> None:
    parameters, payload = ODD[what]
    parameters = {name: one for name, one in parameters.items() if name != "__proto__"}
    request = {
        "method": "POST",
        "url": "https://api.example.com/v1",
        "headers": {"__proto__": "x", "B": "b"},
        "query": {"10": "c", "9": "b"},
        "payload": payload,
    }
    action = {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "example", "title": "Example"},
        "spec": {"request": request, "parameters": parameters},
    }
    workspace.write("example.yaml", json.dumps(action))
    compiled = compile_workspace(FolderSource(workspace.path))
    assert compiled.by_environment["local"], compiled.errors
    one = compiled.by_environment["local"]["Action/example"].content
    assert form_of({"it": one})
    texts = (
        "",
        "0",
        "1",
        "0.3",
        "-0.35",
        "14",
        "5e-7",
        "1e15",
        "1e400",
        "-1e400",
        "NaN",
        " -Infinity",
        "9007199254740991",
        "[]",
        "[0]",
        "[1]",
        "[null]",
        '["0"]',
        "hello",
        "  ",
        "constructor",
        "valueOf",
    )
    asked: list[tuple[Any, dict[str, str]]] = [(one, dict.fromkeys(parameters, text)) for text in texts]
    compare(browser, asked)


MISFITS = (
    "{{ params.v | default(5) | lower }}", "{{ params.v | default(true) | upper }}", "{{ params.v | default(7) | truncate(2) }}",
    "{{ params.v | timestamp }}", "{{ params.v | default('x') | timestamp }}", "{{ params.v | default(5) }}",
    "{{ params.v | default(7) | urlencode }}", "{{ params.v | default(false) | urlencode }}", "{{ params.v | default(7) | sha256 }}",
    "{{ params.v | default(true) | base64 }}", "{{ params.v | default(-1) | digits }}", "{{ params.v | default(0, true) | trim }}",
    "{{ params.v | default(7) | replace('a', 'b') }}", "a {{ params.v | default(5) }}",
)  # fmt: skip


def of_templates(templates: Sequence[str], declared: dict[str, Any], workspace: Folder) -> list[Any]:
    """Return compiled actions, each with a template in its payload over a parameter `v`."""
    for number, template in enumerate(templates):
        request = {"method": "POST", "url": "https://api.example.com/v1", "payload": {"it": template}}
        action = {
            "apiVersion": "callsheet/v1",
            "kind": "Action",
            "metadata": {"name": f"example_{number}", "title": "Example"},
            "spec": {"request": request, "parameters": {"v": declared}},
        }
        workspace.write(f"example_{number}.yaml", json.dumps(action))
    found = compile_workspace(FolderSource(workspace.path)).by_environment["local"]
    actions = [found[f"Action/example_{number}"].content for number in range(len(templates))]
    assert all(form_of({"it": one}) for one in actions)
    return actions


def test_a_filter_on_a_value_of_another_type_is_refused_as_by_the_compiler(
    workspace: Folder, browser: Any
) -> None:
    actions = of_templates(MISFITS, {"type": "string", "optional": True}, workspace)
    given: list[dict[str, str]] = [{}, *({"v": one} for one in ("", "x", "2026-11-27", "27/11/2026"))]
    asked = [(one, texts) for one in actions for texts in given]
    counts = compare(browser, asked)
    assert counts["refused"] > 15
    assert counts["equal"] > 30
    for english, french in in_both(browser, asked):
        assert len(english) == len(french)
        assert not {*english} & {*french}


def test_whatever_else_fails_in_the_form_is_said_beside_it(workspace: Folder, browser: Any) -> None:
    (one,) = of_templates(["{{ params.v | timestamp }}"], {"type": "string"}, workspace)
    # The compiler refuses it too, in the words of Python's reader of dates.
    assert said(one, {"v": "2026-13-01"})["faults"] != []
    strange = json.loads(json.dumps(one).replace("timestamp", "no_such_filter"))
    assert in_both(browser, [(one, {"v": "2026-13-01"}), (strange, {"v": "x"})]) == [
        (
            ["only the compiler can tell what would leave: run `callsheet render`"],
            ["seul le compilateur peut dire ce qui partirait\u00a0: lancez `callsheet render`"],
        )
    ] * 2  # fmt: skip


FORMATS: dict[str, tuple[str, ...]] = {
    "uuid": (
        "00000000-0000-4000-8000-000000000000", "ABCDEF00-0000-4000-8000-0000000000aA", "00000000000040008000000000000000", "{00000000-0000-4000-8000-000000000000}",
        "0000000-00000-4000-8000-000000000000", "urn:uuid:00000000-0000-4000-8000-000000000000", "g0000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000\n",
    ),
    "ipv4": ("1.2.3.4", "01.2.3.4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "0x1.2.3.4", "255.255.255.255", "0.0.0.0", "1.2.3.٤", "1.2.3.4\n"),
    "ipv6": (
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1::2::3", "::ffff:1.2.3.4", "12345::", "fe80::1%eth0", "g::", "1:2:3:4:5:6:7:8:9",
        "::1/64", "1:2:3:4:5:6::8", "1:2:3:4:5:6:7::8", ":", ":::", "1:::2", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "ABCD::EF",
    ),
    "hostname": (
        "a", "a.b", "www.example.com", "-a", "a-", "a_b", "a.b.", "A.COM", "é.com", "xn--a", "xn--mnchen-3ya.de", "a--b", "a..b", ".a", "1.2", "x" * 63, "x" * 64, "a b", "a@b", "a:1", "a/b", "ab--cd.e",
        ".".join(["x" * 60] * 3), ".".join(["x" * 60] * 5), "a.-b", "a-.b", "1", "a\n",
    ),
    "email": ("ada@example.com", "ada", "a@b@c", "@b", "a@", "a b@example.com", "Ada <ada@example.com>", "@ <a@b.c>", '"a b"@example.com', "a <b@>", "a@localhost", "a@-b.c"),
    "uri": ("https://a.example", "a", "http://", "mailto:a@b.example", "https://a b", "HTTPS://A.EXAMPLE/ü", "urn:x:y", "https://a.example/%zz"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_formats_are_judged_as_the_compiler_judges_them_or_left_to_it(kind: str, any_browser: Any) -> None:
    chance = Random(kind)
    texts = {*FORMATS[kind]}
    for text in sorted(texts):
        # One character more, less or another one.
        for _ in range(20):
            at = chance.randrange(len(text) + 1)
            other = chance.choice("aAfFgG09.:-_@/ é\n")
            texts.add(
                chance.choice(
                    (
                        text[:at] + other + text[at:],
                        text[:at] + text[at + 1 :],
                        text[:at] + other + text[at + 1 :],
                    )
                )
            )
    one = {
        "request": {"method": "POST", "url": "https://api.example.com", "payload": {"a": {"$param": "a"}}},
        "parameters": {"a": {"type": "string", "format": kind, "optional": True}},
    }
    assert form_of({"it": one})
    counts = compare(any_browser, [(one, {"a": text}) for text in sorted(texts)])
    assert counts["equal"] > 5
    assert counts["refused"] > 20
    assert counts["unsure"] < counts.total() * 2 / 3


@pytest.mark.parametrize(
    "pattern",
    ["^(?i)abc$", "a]b", "[]a]", "[^]a]", "(?s)", "(?i:a)", "(?P<x>a)", "a++b", "a{2}{3}", "a**", "}x", "[[a]]b", "[a-z&&[^b]]", "(a+)+$", "\\d+", "a.b"],
)  # fmt: skip
def test_a_pattern_that_browsers_read_otherwise_has_no_form(pattern: str) -> None:
    content = {
        "request": {"url": "https://api.example.com"},
        "parameters": {"a": {"type": "string", "pattern": pattern}},
    }
    assert form_of({"it": content}) == ""
    content["parameters"]["a"]["pattern"] = "^[A-Z]{2}-[0-9]+(-x|-y)?$"  # type: ignore[index]
    assert form_of({"it": content})
