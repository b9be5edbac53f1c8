"""The reason codes that `--accept` and `requireAccept` know are those that changes have."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import callsheet
from callsheet.language.difference import IMPACTS
from callsheet.language.reasons import ACCEPTED, GUARDS, REASONS, REQUIRED

PLANNING = Path(callsheet.__file__).parent / "planning"
BY_FIELD = {"title-changed", "description-changed", "owner-changed", "labels-changed"}
"""Codes that are made of the name of a field."""
ONE_WORD = {"unreadable"}
NO_REASONS = {"journey-optimizer"}


def written() -> set[str]:
    """Every text with a hyphen, as a reason code is written, in the room that writes them."""
    return {
        node.value
        for file in PLANNING.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"[a-z]+(-[a-z]+)+", node.value)
    }


def test_every_reason_that_is_written_is_known_and_no_other_one() -> None:
    codes = written() - {*GUARDS} - NO_REASONS
    assert len(codes) > 90
    assert codes | BY_FIELD | ONE_WORD == REASONS


def test_a_name_means_one_thing() -> None:
    assert not {*GUARDS, "protect"} & REQUIRED
    assert not {*IMPACTS} & REASONS
    assert {*GUARDS} < ACCEPTED
