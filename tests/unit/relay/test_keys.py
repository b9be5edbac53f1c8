"""Who may call."""

from __future__ import annotations

import hmac

import pytest

from callsheet.errors import CallsheetError
from callsheet.relay import keys as module
from callsheet.relay.keys import Keys

SECRETS = {"env:A": "first-key-0123456789", "env:B": "second-key-012345678"}


def test_each_key_is_compared_whole_whatever_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def compare(one: bytes, two: bytes) -> bool:
        compared.append((len(one), len(two)))
        return real(one, two)

    monkeypatch.setattr(module.hmac, "compare_digest", compare)
    found = Keys(("env:A", "env:B"), SECRETS.__getitem__)
    given = [
        None,
        b"",
        b"x",
        b"first-key-0123456789",
        b"second-key-012345678",
        b"x" * 100_000,
        b"\xff" * 20,
    ]
    assert [found.accept(one) for one in given] == [False, False, False, True, True, False, False]
    # Always both, and always of one length: no early end says which key, or how much of it, was right.
    assert compared == [(32, 32)] * 2 * len(given)


def test_no_key_is_shown_by_the_object() -> None:
    found = Keys(("env:A",), SECRETS.__getitem__)
    assert "first-key" not in repr(found) + repr(vars(found))


def test_without_keys_none_is_accepted() -> None:
    found = Keys((), SECRETS.__getitem__)
    assert not found
    assert not found.accept(b"")


def test_a_key_that_cannot_be_read_again_leaves_the_old_one() -> None:
    secrets = dict(SECRETS)
    found = Keys(("env:A",), secrets.__getitem__)
    secrets["env:A"] = "short"
    with pytest.raises(CallsheetError, match="fewer than 16 characters"):
        found.read_again()
    assert found.accept(b"first-key-0123456789")
    secrets["env:A"] = "another-key-012345678"
    found.read_again()
    assert (found.accept(b"first-key-0123456789"), found.accept(b"another-key-012345678")) == (False, True)
