"""What reaches a terminal: values as their authors write them, secrets hidden, nothing that commands it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callsheet.reporting import Style
from callsheet.reporting.terminal import as_written, safe, value_text, value_texts


@pytest.mark.parametrize(
    ("compiled", "written"),
    [
        ({"$param": "a"}, "{{ params.a }}"),
        ({"$param": "a", "filters": ["lower", {"filter": "default", "args": ["x", True]}]}, '{{ params.a | lower | default("x", true) }}'),
        ({"$concat": ["Hello ", {"$param": "a"}, "!"]}, "Hello {{ params.a }}!"),
        ({"$expr": "(params.a + 1)", "params": ["a"]}, "{{ (params.a + 1) }}"),
        ({"k": {"$secret": "env:K"}}, {"k": {"secret": "env:K"}}),
        ({"$literal": {"$odd": {"$param": "a"}}}, {"$odd": "{{ params.a }}"}),
        ([1, {"a": None}], [1, {"a": None}]),
    ],
)  # fmt: skip
def test_a_slot_is_shown_as_it_is_written(compiled: Any, written: Any) -> None:
    assert as_written(compiled) == written


def test_secrets_are_hidden_wherever_they_stand() -> None:
    style = Style(width=200)
    assert value_text("hunter2", ("request", "headers", "X-Api-Key"), style, indent=0) == '"(hidden)"'
    assert value_text(["AKIAIOSFODNN7EXAMPLE"], ("a",), style, indent=0) == '["(hidden)"]'
    assert (
        value_text({"password": "x", "user": "ada"}, ("a",), style, indent=0)
        == '{"password": "(hidden)", "user": "ada"}'
    )
    assert value_text({"secret": "env:K"}, ("token",), style, indent=0) == '{"secret": "env:K"}'
    assert value_text(7, ("token",), style, indent=0) == "7"


def test_a_long_value_is_cut_in_its_middle() -> None:
    shown = value_text("a" * 100 + "b" * 100, ("x",), Style(width=60), indent=8)
    assert len(shown) <= 52
    assert shown.startswith('"aaa')
    assert " ... " in shown
    assert shown.endswith('bbb"')


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "\u202e", "\u2066", "\x00", "\x9b", "\ue000", "\u2028", "\r", "\ud800"]
)
def test_what_commands_a_terminal_is_shown_as_an_escape(hostile: str) -> None:
    shown = safe(f"a{hostile}b")
    assert shown.startswith("a\\")
    assert shown.endswith("b")
    assert hostile[0] not in shown
    assert safe("é 日本 👩‍👩‍👧") == "é 日本 👩‍👩‍👧"


@given(
    begin=some.text(alphabet="ab ", max_size=300),
    middles=some.lists(
        some.text(alphabet="cd", min_size=1, max_size=15), min_size=2, max_size=2, unique=True
    ),
    end=some.text(alphabet="ab ", max_size=300),
)
def test_what_changed_in_a_long_value_is_never_in_the_part_that_is_cut(
    begin: str, middles: list[str], end: str
) -> None:
    style = Style(width=80)
    was, now = value_texts(begin + middles[0] + end, begin + middles[1] + end, (), style, indent=8)
    assert was != now
    assert middles[0] in was
    assert middles[1] in now
    assert max(len(was), len(now)) <= 72
