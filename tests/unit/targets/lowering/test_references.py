"""The source that a parameter names in journeys: by the forms of section 3 of the reference on deployment."""

from __future__ import annotations

import json

import pytest

from callsheet.language.diagnostics import Diagnostic
from callsheet.targets.journey_optimizer.lowering import reference_fault
from support.examples import compile_example

RIGHT = [
    "@event{Order.customer.email}",
    "#{ExperiencePlatform.ProfileFieldGroup.profile.personalEmail.address}",
    "#{Source.FieldGroup.path, params: {city: @event{E.city}}}",
    "@action{Loyalty.jo_status_code}",
    "@action{Loyalty.items.all(currentActionField.ok == true).id}",
    "@datasetLookup{Activity.entities}",
    "#{OpenWeather.weatherData.rain.'3h'}",
    '@event{E.commerce."a b"}',
    '@event{Order.name, defaultValue: "x"}',
    "@event{E.lines.first(currentEventField.price > (2)).sku}",
]
WRONG = {
    "Order.email": "begins with none",
    "#@action{A.b}": "begins with none",
    "@profile{x.y}": "begins with none",
    "@event{Order}": "no field",
    "@event{Order.3h}": "in quotes",
    "@event{Order.a b}": "does not belong",
    "@event{Order.email": "does not belong",
    "@event{Order.email} + 1": "does not belong",
    "@event{Order.items.all(a}": "not closed",
    "@event{Order.email\n}": "line break",
}


@pytest.mark.parametrize("text", RIGHT)
def test_a_reference_of_a_form_that_is_documented_is_taken(text: str) -> None:
    assert reference_fault(text) is None


@pytest.mark.parametrize("text", WRONG)
def test_another_one_is_refused_with_the_reason(text: str) -> None:
    assert WRONG[text] in str(reference_fault(text))
    found = example(json.dumps(text))
    assert [one.code for one in found] == ["CS861"]
    assert WRONG[text] in found[0].message


def example(journey: str) -> list[Diagnostic]:
    source = f'request: {{payload: {{a: "{{{{ params.a }}}}"}}}}\nparameters: {{a: {{type: string, journey: {journey}}}}}'
    return compile_example(source).diagnostics


def test_a_parameter_names_its_source_once_or_by_language() -> None:
    assert example('"@event{Order.email}"') == []
    assert example('{en: "@event{Order.email}", fr: "@event{Commande.courriel}"}') == []


@pytest.mark.parametrize(
    ("written", "code"), [('"Order.email"', "CS861"), ('{en: "@profile{a.b}"}', "CS861"), ("{}", "CS208"), ("3", "CS205")]
)  # fmt: skip
def test_what_is_no_reference_is_a_finding_of_its_own(written: str, code: str) -> None:
    assert code in {one.code for one in example(written)}


def test_the_finding_is_at_the_language_that_is_wrong() -> None:
    (one,) = example('{en: "@event{Order.email}", fr: Commande.courriel}')
    assert (one.code, one.source[one.span.column - 1 :][:8]) == ("CS861", "Commande")
