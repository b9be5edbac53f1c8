"""Who may call."""

from __future__ import annotations

import hmac

import pytest

from callsheet.errors import CallsheetError
from callsheet.relay import keys as module
from callsheet.relay.keys import KEPT_SECONDS, Keys

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


def test_a_key_that_cannot_be_read_counts_for_a_while_and_is_then_dropped() -> None:
    secrets, now = dict(SECRETS), [0.0]

    def resolve(reference: str) -> str:
        if reference not in secrets:
            raise CallsheetError("CS606", f"the secret {reference} is not there", help="")
        return secrets[reference]

    def events() -> list[tuple[str, str]]:
        return [(one.event, one.reference) for one in found.read_again()]

    found = Keys(("env:A", "env:B"), resolve, lambda: now[0])
    first, second = (SECRETS[one].encode() for one in ("env:A", "env:B"))
    secrets["env:A"] = "short"
    assert events() == [("key-not-read", "env:A")]
    assert (found.accept(first), found.accept(second), found.unread) == (True, True, 1)
    # The other key is read for itself: it can be replaced, and revoked.
    secrets["env:B"] = "another-key-012345678"
    assert events() == []
    assert (found.accept(second), found.accept(b"another-key-012345678")) == (False, True)
    now[0] = KEPT_SECONDS
    del secrets["env:B"]
    assert events() == [("key-dropped", "env:A"), ("key-not-read", "env:B")]
    assert (found.accept(first), found.accept(b"another-key-012345678")) == (False, True)
    now[0] = 2 * KEPT_SECONDS
    assert events() == [("key-dropped", "env:B")]
    # With no key left, nobody may call.
    assert (bool(found), found.accept(b"another-key-012345678"), found.unread) == (True, False, 2)
    assert not any(found.accept(one) for one in (None, b"", bytes(32)))
    secrets["env:A"] = SECRETS["env:A"]
    assert events() == [("key-reads-again", "env:A")]
    assert (found.accept(first), found.unread) == (True, 1)
