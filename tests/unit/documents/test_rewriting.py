"""Values written anew in a file's own text: the file then says just that, and every comment is still there."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from callsheet.documents import Document, MemorySource, read_documents
from callsheet.documents.places import Path
from callsheet.documents.rewriting import REMOVED, CannotRewriteError, Rewriting
from callsheet.documents.rewriting import rewritten as text_of
from callsheet.documents.yaml_text import Dumper
from support.forms import examples

KEYS = some.text("abyn", min_size=1, max_size=3)
SCALARS = (
    some.none()
    | some.booleans()
    | some.integers(-10, 10_000)
    | some.text("ab'\"#:,[]{}&*!|>%@`\\ \n\té☃0.", max_size=8)
    | some.sampled_from(["yes", "08", "null", "~", "1e3", "- a", "a: b", "a #b", "", " x "])
)
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = some.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def parsed(text: str) -> Any:
    (document,), problems, _ = read_documents(MemorySource({"a.yaml": text.encode()}), "a.yaml")
    assert problems == [], text
    return document


def rewritten(*parts: tuple[Document, dict[Path, Any]]) -> str:
    rewritings = []
    for document, values in parts:
        rewritings.append(Rewriting(document))
        for path, value in values.items():
            rewritings[-1].write(path, value)
    return text_of(rewritings)


def with_comments(text: str) -> tuple[str, int]:
    """Write a comment above each line of a block that begins with a key, where nothing runs over lines."""
    lines: list[str] = []
    number = 0
    for line in text.splitlines():
        if found := re.match(r"( *)[a-z]+:( |$)", line):
            number += 1
            lines.append(f"{found[1]}# comment {number}.")
        lines.append(line)
    return "\n".join(lines) + "\n", number


def paths(value: Any, path: Path = ()) -> list[Path]:
    found = [path] if path else []
    for key, one in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += paths(one, (*path, key))
    return found


def changed(value: Any, path: Path, new: Any) -> Any:
    value = copy.deepcopy(value)
    inner = value
    for part in path[:-1]:
        inner = inner[part]
    if new is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return value


@given(value=DOCUMENTS, data=some.data(), flow=some.sampled_from([False, True, None]))
@settings(max_examples=examples(37, 150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_file_says_it_and_keeps_its_comments(
    value: dict[str, Any], data: Any, flow: bool | None
) -> None:
    plain = yaml.dump(
        value, Dumper=Dumper, default_flow_style=flow, allow_unicode=True, width=10**6, sort_keys=False
    )
    text, number = with_comments(plain) if flow is False else (plain, 0)
    document = parsed(text)
    if document.value != value:
        return  # a comment came into a text
    path = data.draw(some.sampled_from(paths(value)))
    new = data.draw(VALUES | some.just(REMOVED))
    inner = value
    for part in path[:-1]:
        inner = inner[part]
    if isinstance(inner, dict) and data.draw(some.booleans()):
        path = (*path[:-1], "new")
    if path[-1] == "new" and new is REMOVED:
        new = 1
    try:
        now = rewritten((document, {path: new}))
    except CannotRewriteError:
        return
    assert parsed(now).value == changed(value, path, new), now
    assert len(re.findall(r"(?m)^ *# comment \d+\.$", now)) == number, now


def test_what_cannot_be_written_says_why() -> None:
    document = parsed("a:\n  - b: 1\n    c: 2\n# a comment\nd:\n  # another\n  e: 1\n  f: 2\ng: 1\n")
    for path, new, why in (
        (("a", 0), REMOVED, "it is an item of a list"),
        (("a", 0, "b"), REMOVED, "it begins on a line with another value"),
        (("d",), REMOVED, "it contains a comment"),
        (("g", "h"), 1, "the file has no mapping to add it to"),
        (("h",), REMOVED, "the file does not contain it"),
    ):
        with pytest.raises(CannotRewriteError, match=re.escape(why)):
            rewritten((document, {path: new}))


def test_several_at_once_and_what_is_made_on_the_way() -> None:
    document = parsed("a: 1  # one\nb: {}\nc:\n  d: [1, 2]\n")
    text = rewritten(
        (document, {("a",): "x", ("b", "e", "f"): True}),
        (document, {("c", "d", 1): {"g": None}, ("c", "h"): "i"}),
    )
    assert text == "a: x  # one\nb: {e: {f: true}}\nc:\n  d: [1, {g: null}]\n  h: i\n"
