"""What is done once the screen is filled in: the test request, and what each journey pastes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.targets.journey_optimizer.lowering import ComputedVariable, Form, custom_action
from callsheet.targets.journey_optimizer.lowering.references import source_of
from callsheet.targets.journey_optimizer.screen import Field, form_of, pretty, told_of
from callsheet.targets.journey_optimizer.titles import Screen

TEST = "Send test request"
JOURNEY = "In each journey"


def test_request(compiled: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return how the test request is made, and what it should be answered with."""
    form, section = form_of(compiled, screen), screen.title(TEST)
    asked = ", ".join(_asked(form))
    notes = [screen.say("real call")]
    notes.append(screen.say("asked", names=asked) if asked else screen.say("asked nothing"))
    found = [
        Field(section=section, name=screen.title("Note"), value=None, kind="note", note=one)
        for one in notes
    ]
    expected = expected_answer(compiled)
    name = screen.title("Expected answer")
    if expected is None:
        note = screen.say("expected status")
        found.append(Field(section=section, name=name, value=None, kind="note", note=note))
    else:
        note = screen.say("expected")
        found.append(Field(section=section, name=name, value=pretty(expected), kind="shown", note=note))
    keep = screen.say("keep answer", name=compiled["name"])
    found.append(Field(section=section, name=screen.title("Evidence"), value=None, kind="note", note=keep))
    return found


def expected_answer(compiled: Mapping[str, Any]) -> Any:
    """Return the example of the answer; None where the definition has none."""
    success = (custom_action(compiled).get("responses") or {}).get("success") or {}
    return success.get("payload")


def _asked(form: Form) -> Iterator[str]:
    """Yield what the screen asks again before each test request (section 1.6)."""
    if form.authentication.type == "basic":
        yield str((form.authentication.fields.get("password") or {}).get("secret", "password"))
    elif form.authentication.type == "apiKey":
        value = form.authentication.fields.get("value")
        yield str(value["secret"] if isinstance(value, dict) else value)
    elif form.authentication.payload is not None:
        yield from ((form.authentication.payload.get("body") or {}).get("bodyParams") or {})


def in_journeys(compiled: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return what each journey pastes, and how it reads the answer."""
    form, section = form_of(compiled, screen), screen.title(JOURNEY)
    found = [*_mapped(compiled, form, section, screen)]
    found += [_pasted(one, form, section, screen) for one in form.variables]
    if screen.older:
        return found
    name = compiled["name"]
    status = f"@action{{{name}.jo_status_code}}"
    notes = screen.listed(*(screen.say(one) for one in ("status", "status older", "stops")))
    found.append(_expression(section, "jo_status_code", status, notes))
    for outcome, before, phrase in (
        ("success", "", "read answer"),
        ("failure", "errorResponse.", "read failure"),
    ):
        one = form.fields.get(("responses", outcome, "payload"))
        if one is not None and isinstance(one.value, dict):
            for key in one.value:
                reference = f"@action{{{name}.{before}{_segment(key)}}}"
                found.append(_expression(section, f"{before}{key}", reference, screen.say(phrase)))
    return found


def _mapped(compiled: Mapping[str, Any], form: Form, section: str, screen: Screen) -> Iterator[Field]:
    """Yield the whole variables: each with the source that it names, or to be chosen."""
    declared = custom_action(compiled).get("parameters", {})
    seen = set()
    for one in form.fields.values():
        if one.kind != "variable" or one.label in seen:
            continue
        seen.add(one.label)
        name, source = f"{one.label} ({one.type})", source_of(declared, one.parameter, screen.language)
        if source is None:
            yield Field(section=section, name=name, value=None, kind="note", note=screen.say("choose"))
        else:
            yield _expression(section, name, source, screen.say("named source"))


def _segment(key: str) -> str:
    """Return a key as a reference writes it: in quotes where it is not a plain name (section 3)."""
    plain = key.replace("_", "a").replace("-", "a")
    if plain.isascii() and plain.isalnum() and not (key[0].isdigit() or key[0] == "-"):
        return key
    return f'"{key}"' if "'" in key else f"'{key}'"


def _pasted(one: ComputedVariable, form: Form, section: str, screen: Screen) -> Field:
    label = screen.title("Path") if one is form.path else one.label
    notes = [screen.say("rough" if one.verdict.kind == "rough" else "exact")]
    notes += told_of(one.verdict, screen)
    if not one.complete:
        notes.append(screen.say("incomplete"))
    return _expression(section, f"{label} ({one.type})", one.expression, screen.listed(*notes))


def _expression(section: str, name: str, value: str, note: str) -> Field:
    return Field(section=section, name=name, value=value, kind="expression", note=note)
