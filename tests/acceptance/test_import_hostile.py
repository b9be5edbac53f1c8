"""Whatever a part of a collection is replaced by, the import ends in valid actions or in reasons."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet import Workspace
from callsheet.importing import ImportFault
from support.forms import examples
from support.request_collections import BRUNO, HAR, INSOMNIA, KEY, POSTMAN, TOKEN
from support.workspaces import ENVIRONMENT, Callsheet, Folder

Place = tuple[str | int, ...]
ODD: list[Any] = [
    *(None, 0, -1, 1.5, True, "", [], {}, [None], [[]], {"a": 1}),
    *("{{a}}", "{{baseUrl}}", "{{", "{%", "\x00\x01", "\ue002x\ue003", "a" * 300, "http://[::1", "//x"),
    *(
        "https://u:p@h.example.com/a?b=c#d",
        "é {x} %zz",
        "\ud83d",
        "..",
        "a/../b",
        "\r\nX: y",
        ":x",
        "\\",
        '"',
    ),
]
FILES = {"postman": POSTMAN, "insomnia": INSOMNIA, "har": HAR, "bruno": BRUNO}


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every value, the whole file first."""
    yield at
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, one in items:
        yield from places(one, (*at, key))


PLACES = [(name, place) for name, value in FILES.items() for place in places(value) if place]


def changed(value: Any, place: Place, new: Any) -> Any:
    """Return a copy with another value at a place."""
    found = copy.deepcopy(value)
    inner = found
    for one in place[:-1]:
        inner = inner[one]
    inner[place[-1]] = new
    return found


@settings(max_examples=examples(40, 1500), deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_a_part_of_another_form_ends_in_valid_actions_or_in_a_reason(
    place: tuple[str, Place], odd: Any
) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(Path(path) / "workspace")
        folder.write("environments.yaml", ENVIRONMENT)
        file = Path(path) / "file.json"
        file.write_text(json.dumps(changed(FILES[place[0]], place[1], odd)))
        workspace = Workspace(folder.path)
        try:
            found = workspace.import_requests(str(file), name="shop")
        except ImportFault:
            return
        if found is None:
            return  # it is no longer a collection
        workspace.write(found)
        assert workspace.compile().errors == []
        for text in found.texts.values():
            assert TOKEN not in text
            assert KEY not in text


@pytest.mark.parametrize("text", ["\ud83d", "\x1b[31mred", "a\nb"])
def test_odd_characters_reach_the_terminal_in_a_readable_form(
    text: str, workspace: Folder, callsheet: Callsheet
) -> None:
    value = {
        "item": [
            {"name": text, "request": {"method": text, "url": "https://api.example.com/"}},
            {"name": f"{text} two", "request": {"url": f"https://api.example.com/v1?a={text}"}},
            {"name": "plain", "request": {"url": "https://api.example.com/v1/plain"}},
        ]
    }
    file = workspace.path.parent / "file.json"
    file.write_text(json.dumps(value))
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert outcome.code == 0
    assert "cannot use the method" in outcome.err
    assert "\x1b" not in outcome.err + outcome.out
    assert Workspace(workspace.path).compile().errors == []
