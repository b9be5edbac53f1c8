"""What a process remembers of contracts is bounded."""

from __future__ import annotations

from callsheet.compiling.memo import Memo


def test_what_was_used_least_is_forgotten_first() -> None:
    memo: Memo[int] = Memo(10)
    memo.put("a", 1, 4)
    memo.put("b", 2, 4)
    assert memo.get("a") == 1
    memo.put("c", 3, 4)
    assert [memo.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_heavier_than_the_limit_displaces_nothing() -> None:
    memo: Memo[int] = Memo(10)
    memo.put("a", 1, 10)
    memo.put("b", 2, 11)
    assert [memo.get(key) for key in "ab"] == [1, None]


def test_a_key_that_is_kept_again_counts_once() -> None:
    memo: Memo[int] = Memo(10)
    for value in range(5):
        memo.put("a", value, 6)
    memo.put("b", 9, 4)
    assert [memo.get(key) for key in "ab"] == [4, 9]
