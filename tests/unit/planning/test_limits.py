"""How a changed limit is explained."""

from __future__ import annotations

import pytest

from callsheet.planning.explanations import explain


@pytest.mark.parametrize(
    ("field", "old", "new", "reason"),
    [
        ("timeout", "10s", "2m", "limit-raised"),
        ("timeout", "1m", "30s", "limit-lowered"),
        ("rate", "10 per 1s", "500 per 1m", "limit-lowered"),
        ("rate", "10 per 1s", "700 per 1m", "limit-raised"),
        ("retries", 3, 1, "limit-lowered"),
        ("rate", "10 per 1s", "5 per 0s", "limit-raised"),
    ],
)
def test_a_limit_is_raised_or_lowered_by_what_it_lets_through(
    field: str, old: object, new: object, reason: str
) -> None:
    assert explain(("limits", field), old, new, {}, {})[2] == reason


@pytest.mark.parametrize(("field", "new"), [("timeout", "soon"), ("timeout", ""), ("rate", "many per 1s")])
def test_a_limit_that_somebody_broke_at_the_target_counts_as_raised(field: str, new: str) -> None:
    assert explain(("limits", field), "10s", new, {}, {}) == (
        f"`limits.{field}` changed",
        "sensitive",
        "limit-raised",
    )
