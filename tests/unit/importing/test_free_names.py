"""Names that nothing has: the one that is wanted, else the first with a number."""

from __future__ import annotations

from callsheet.importing.free_names import MAX_NAME, free_name, free_path


def test_a_name_with_a_number_is_no_longer_than_a_name_may_be() -> None:
    taken: list[str] = []
    for _ in range(1_001):
        taken.append(free_name("a" * MAX_NAME, {*taken}))
    assert len({*taken}) == 1_001
    assert {len(one) for one in taken} == {MAX_NAME}
    assert (taken[1], taken[-1]) == ("a" * 28 + "_2", "a" * 25 + "_1001")


def test_a_path_has_its_number_before_the_endings_of_the_file() -> None:
    taken = {"a.b/push.json.j2", "a.b/push-2.json.j2"}
    assert free_path("a.b/push.json.j2", taken.__contains__) == "a.b/push-3.json.j2"
    assert free_path("push.json.j2", taken.__contains__) == "push.json.j2"
