"""CS861: the fields of journeys that parameters name as their sources."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.content import Content
from callsheet.targets.journey_optimizer.lowering.references import reference_fault

_FORMS = (
    "write it as @event{Order.customer.email}, #{Source.Group.field}, @action{Name.field}"
    " or @datasetLookup{Step.field}"
)


@rule("CS861", "journey-source", on="compiled", reads=("parameters",))
def journey_source(compiled: Content, at: Spots) -> Iterator[Problem]:
    """The source of a parameter must be a reference to a field, as expressions of journeys have it.

    It is a field of an event, of the profile or a data source, of an answer, or of a dataset. A name with
    other characters than letters, digits, `_` and `-`, or with a digit first, is in quotes.

    Bad:
        request: {payload: {to: "{{ params.email }}"}}
        parameters: {email: {type: string, journey: Order.customer.email}}
    Good:
        request: {payload: {to: "{{ params.email }}"}}
        parameters: {email: {type: string, journey: "@event{Order.customer.email}"}}
    """
    for name, fields in compiled.get("parameters", {}).items():
        written = fields.get("journey")
        path: Path = ("parameters", name, "journey")
        places = written.items() if isinstance(written, dict) else [("", written)]
        for language, text in places:
            fault = reference_fault(text) if isinstance(text, str) else None
            if fault:
                where = (*path, language) if language else path
                yield at.value(where, f"the source of `{name}` is not a reference: {fault}", do=_FORMS)
