"""Line ends and the byte order mark of a file survive whatever is written into it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.documents.line_ends import written_like
from callsheet.documents.reading import decode
from support.forms import examples

MARK = "\ufeff"
LINES = st.lists(
    st.tuples(st.sampled_from(["a: 1", "b: 2", "", "  c: é", "# d"]), st.sampled_from(["\n", "\r\n"])),
    max_size=12,
)
LAST = st.sampled_from(["", "e: 5"])


def content_of(lines: list[tuple[str, str]], last: str, mark: str = "") -> bytes:
    return (mark + "".join(line + end for line, end in lines) + last).encode()


def text_of(content: bytes) -> str:
    text, problem = decode(content, "f.yaml")
    assert problem is None
    return text


@given(LINES, LAST, st.sampled_from(["", MARK]))
@settings(max_examples=examples(50, 200), deadline=None)
def test_a_text_that_did_not_change_gives_the_same_bytes(
    lines: list[tuple[str, str]], last: str, mark: str
) -> None:
    content = content_of(lines, last, mark)
    assert written_like(content, text_of(content)).encode() == content


@given(LINES, LAST, st.sampled_from(["", MARK]), st.data())
@settings(max_examples=examples(50, 200), deadline=None)
def test_a_changed_line_leaves_every_other_as_it_was(
    lines: list[tuple[str, str]], last: str, mark: str, data: st.DataObject
) -> None:
    content = content_of([*lines, ("f: 6", "\r\n")], last, mark)
    at = data.draw(st.integers(0, len(lines)))
    new = text_of(content).split("\n")
    new[at] = "changed: x"
    found = written_like(content, "\n".join(new)).encode()
    was, now = content.splitlines(keepends=True), found.splitlines(keepends=True)
    assert [one for at_, one in enumerate(now) if at_ != at] == [
        one for at_, one in enumerate(was) if at_ != at
    ]
    assert b"changed: x" in now[at]
    assert now[at].endswith(b"\r\n") == was[at].endswith(b"\r\n")


@given(
    LINES, st.lists(st.sampled_from(["a: 1", "x: 9", ""]), max_size=8), LAST, st.sampled_from(["", MARK])
)
@settings(max_examples=examples(50, 200), deadline=None)
def test_whatever_is_written_reads_as_the_new_text(
    lines: list[tuple[str, str]], new: list[str], last: str, mark: str
) -> None:
    content = content_of(lines, last, mark)
    text = "".join(one + "\n" for one in new) + last
    found = written_like(content, text)
    assert text_of(found.encode()) == text
    assert found.startswith(MARK) == bool(mark)
    if all(end == "\r\n" for _, end in lines) and lines:
        assert found.count("\n") == found.count("\r\n")
    if all(end == "\n" for _, end in lines):
        assert "\r" not in found


def test_a_line_that_moves_takes_its_end_along() -> None:
    content = b"b: 2\r\na: 1\nc: 3\r\n"
    assert written_like(content, "a: 1\nb: 2\nc: 3\n") == "a: 1\nb: 2\r\nc: 3\r\n"
