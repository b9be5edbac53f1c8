"""What a test does in its quick form, and what only with --long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

LONG = False
"""Whether the long forms run; set before any test is imported."""


def examples(quick: int, long: int) -> int:
    """Return how many examples a property is tried on."""
    return long if LONG else quick


def one_of_each(values: Sequence[T], every: int) -> Sequence[T]:
    """Return each n-th value, the first one among them; all with --long."""
    return values if LONG else values[::every]
