"""Requests are put together a few at once, and one action keeps no other one waiting."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from callsheet.relay.gate import TooLateError
from callsheet.relay.renderings import AT_ONCE, Renderings


def soon() -> float:
    return time.monotonic() + 0.02


def test_an_action_has_one_turn_and_others_have_theirs() -> None:
    renderings = Renderings()
    with renderings.turn("large", soon()):
        with pytest.raises(TooLateError), renderings.turn("large", soon()):
            pass
        with renderings.turn("small", soon()):
            pass
    with renderings.turn("large", soon()):
        pass


def test_there_are_so_many_at_once_and_no_more() -> None:
    renderings = Renderings()
    with ExitStack() as turns:
        for number in range(AT_ONCE):
            turns.enter_context(renderings.turn(f"action{number}", soon()))
        with pytest.raises(TooLateError), renderings.turn("late", soon()):
            pass
    with renderings.turn("late", soon()):
        pass


def test_a_turn_ends_with_a_failure() -> None:
    renderings = Renderings()
    with pytest.raises(ZeroDivisionError), renderings.turn("a", soon()):
        raise ZeroDivisionError
    with renderings.turn("a", soon()):
        pass
