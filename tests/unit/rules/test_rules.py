"""Every rule's own examples: *Bad* gives exactly its code, *Good* gives nothing."""

import pytest

import callsheet.rules  # noqa: F401
from callsheet.language.catalog import RULES, Rule
from support.examples import compile_example

WITH_EXAMPLES = [one for one in RULES.values() if one.bad is not None]


def ids(one: Rule) -> str:
    return one.code


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=ids)
def test_the_bad_example_gives_exactly_the_rules_code(rule: Rule) -> None:
    assert {one.code for one in compile_example(rule.bad or "", rule.subject).diagnostics} == {rule.code}


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=ids)
def test_the_good_example_gives_nothing(rule: Rule) -> None:
    assert [
        (one.code, one.message) for one in compile_example(rule.good or "", rule.subject).diagnostics
    ] == []


def test_every_rule_is_documented_and_there_are_many() -> None:
    assert len(RULES) >= 40
    assert all(one.summary.endswith((".", "?")) or one.summary for one in RULES.values())
    assert len({one.name for one in RULES.values()}) == len(RULES)


def test_rules_whose_words_a_file_can_show_have_examples() -> None:
    without = sorted(code for code, one in RULES.items() if one.bad is None and code < "CS8")
    # Files that cannot be read, and what needs several files, are tested by hand in this suite.
    assert without == [
        "CS101", "CS102", "CS103", "CS104", "CS105", "CS106", "CS107", "CS108", "CS109", "CS111", "CS112",
        "CS114", "CS117", "CS118", "CS126", "CS308", "CS320", "CS327", "CS328", "CS335", "CS336", "CS337", "CS341", "CS346", "CS350", "CS351", "CS440", "CS441", "CS449", "CS450", "CS451", "CS452", "CS453", "CS454", "CS455", "CS456", "CS457",
        "CS458", "CS459", "CS513", "CS606",
    ]  # fmt: skip
