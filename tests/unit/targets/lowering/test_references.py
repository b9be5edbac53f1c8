"""The source that a parameter names in journeys: by the forms of section 3 of the reference on deployment."""

from __future__ import annotations

import json
import re

import pytest

from callsheet.targets.journey_optimizer.lowering import reference_fault
from support.examples import compile_example
from support.workspaces import ROOT

PATTERN = json.loads((ROOT / "schemas" / "action.schema.json").read_text("utf-8"))["$defs"][
    "journeySource"
]["pattern"]
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
    assert re.search(PATTERN, text)


@pytest.mark.parametrize("text", WRONG)
def test_another_one_is_refused_with_the_reason(text: str) -> None:
    assert WRONG[text] in str(reference_fault(text))
    assert not re.search(PATTERN, text)


def example(journey: str) -> list[str]:
    source = f'request: {{payload: {{a: "{{{{ params.a }}}}"}}}}\nparameters: {{a: {{type: string, journey: {journey}}}}}'
    return [one.code for one in compile_example(source).diagnostics]


def test_a_parameter_names_its_source_once_or_by_language() -> None:
    assert example('"@event{Order.email}"') == []
    assert example('{en: "@event{Order.email}", fr: "@event{Commande.courriel}"}') == []


@pytest.mark.parametrize("written", ['"Order.email"', '{en: "@profile{a.b}"}', "{}", "3"])
def test_what_is_no_reference_is_a_finding(written: str) -> None:
    assert example(written) != []
