"""What does not fit into a comment is cut by itself, and takes nothing else with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callsheet.language.difference import Difference
from callsheet.planning.model import Change
from callsheet.reporting import Style, report
from callsheet.reporting.fitting import fit, size
from callsheet.reporting.markdown import MAX_BYTES, marker_of, write_block
from callsheet.reporting.page import Code, Fold, Heading, Items, Lines, Paragraph, Section, Table
from callsheet.results import DiffResult

STYLE = Style(prefix="actions/")


def change(name: str, *, impact: Any = "compatible", number: int = 1, length: int = 20) -> Change:
    diff = tuple(
        Difference(
            path=("request", "payload", f"k{index}"), before="old" * length, after="new" * length, place=None,
            words=f"payload field `k{index}` changed", impact=impact, reason=f"reason-{impact}",
        )
        for index in range(number)
    )  # fmt: skip
    return Change(
        address=f"Action/{name}", address_before=f"Action/{name}", action="update", impact=impact, reasons=(),
        diff=diff, before={}, after={}, before_digest=None, after_digest=None,
    )  # fmt: skip


def written(*changes: Change) -> str:
    return report("markdown").write(DiffResult(base="main", environments={"local": list(changes)}), STYLE)


def heads(text: str) -> list[str]:
    return re.findall(r"Action/(\w+)</code> update", text)


@pytest.mark.parametrize("impact", ["breaking", "sensitive", "compatible", "cosmetic"])
def test_one_large_change_is_cut_and_takes_no_small_one_with_it(impact: str) -> None:
    large = change("large", impact=impact, number=3000)
    text = written(large, *(change(f"small{one}", impact=impact) for one in range(3)))
    assert len(text.encode()) <= MAX_BYTES
    assert heads(text) == ["small0", "small1", "small2", "large"]
    assert text.count("```diff") > 100, "so much of it as fits is shown"
    assert f"- {impact}, reason-{impact}: payload field <code>k0</code> changed, and 2999 more" in text
    assert text.endswith("Shortened to fit here: 1.\n")


def test_the_gravest_come_first_whole_whatever_is_large() -> None:
    text = written(
        change("mild", impact="cosmetic", number=2000),
        change("grave", impact="sensitive", number=300),
        change("tiny", impact="sensitive", number=2),
    )
    assert heads(text) == ["tiny", "grave", "mild"]
    assert text.count("payload field <code>k299</code> changed (reason-sensitive)") == 1
    assert "- cosmetic, reason-cosmetic: payload field <code>k0</code> changed, and 1999 more" in text


def test_where_everything_fits_the_order_is_that_of_the_changes() -> None:
    text = written(change("a", number=9), change("b", number=1), change("c", impact="breaking"))
    assert heads(text) == ["c", "a", "b"]
    assert "to fit here" not in text


def test_every_head_is_there_before_any_is_whole() -> None:
    text = written(*(change(f"n{one}", number=30, length=100) for one in range(100)))
    assert len(heads(text)) == 100
    assert "do not fit here" not in text
    assert "Shortened to fit here: " in text


def test_characters_beyond_ascii_are_counted_as_bytes() -> None:
    lines = [Lines([f"+ {'語' * 300}" for _ in range(40)])]
    sections = [Section([Heading(3, ("x",)), *lines], [Heading(3, ("x",))]) for _ in range(9)]
    fitted = fit(sections, 60_000, write_block, 0)
    assert sum(map(size, fitted.parts)) <= 60_000
    assert fitted.left == 0


TEXT = some.text(max_size=400)
BLOCKS = some.one_of(
    some.builds(lambda text: Heading(3, (text,)), TEXT),
    some.builds(lambda text: Paragraph((text, Code(text))), TEXT),
    some.builds(Lines, some.lists(TEXT, max_size=30)),
    some.builds(lambda texts: Items([(one,) for one in texts]), some.lists(TEXT, max_size=30)),
    some.builds(lambda texts: Table(["a"], [[(one,)] for one in texts]), some.lists(TEXT, max_size=30)),
    some.builds(lambda text, lines: Fold((text,), [Lines(lines)]), TEXT, some.lists(TEXT, max_size=9)),
)
SECTIONS = some.builds(
    lambda blocks, weight: Section(blocks, blocks[:1], weight),
    some.lists(BLOCKS, min_size=1, max_size=5),
    some.integers(-3, 0),
)


@given(sections=some.lists(SECTIONS, max_size=12), room=some.integers(0, 9_000), fixed=some.integers(0, 3))
def test_whatever_the_sections_are_they_fit_and_each_is_counted(
    sections: list[Section], room: int, fixed: int
) -> None:
    fitted = fit(sections, room, write_block, fixed)
    assert sum(map(size, fitted.parts)) <= room
    assert len(fitted.parts) + fitted.left == len(sections)
    if fitted.left:
        smallest = min(size(write_block(one.short[0])) for one in sections)
        assert room - sum(map(size, fitted.parts)) < 9_000 or smallest > room


@given(first=TEXT, second=TEXT)
def test_two_workspaces_never_have_one_marker(first: str, second: str) -> None:
    markers = [marker_of("review", one) for one in (first, second)]
    assert (markers[0] == markers[1]) == (first.strip("/") == second.strip("/"))
    assert all(re.fullmatch(r"<!-- callsheet:[a-z:_0-9]+ -->", one) for one in markers)
