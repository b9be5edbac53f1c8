"""Every sample action and 200 generated ones: a form with a verdict for every field, and the body that it makes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import pytest

from callsheet.calling.generated import standard_values
from callsheet.calling.model import Request
from callsheet.calling.request import build_request
from callsheet.compiling import Compiled
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.language.action import label_of
from callsheet.language.catalog import RULES
from callsheet.targets.journey_optimizer.channel import channel_form
from callsheet.targets.journey_optimizer.lowering import (
    ComputedVariable,
    Form,
    LoweredField,
    lowered,
    relay_call,
)
from support.examples import compile_example
from support.forms import examples
from support.generated import Maker, Model, tree_of
from support.journey_expressions import evaluated
from support.lowering import in_journey
from support.personalization import evaluate, unescaped
from support.workspaces import ROOT

GENERATED = examples(80, 200)
Content = Mapping[str, Any]


def compiled_actions(compiled: Compiled) -> Iterator[tuple[str, Content]]:
    for environment, objects in compiled.by_environment.items():
        for one in objects.values():
            if one.kind == "Action":
                yield f"{one.name} in {environment}", one.content


@lru_cache
def samples() -> dict[str, Content]:
    folder = ROOT / "actions"
    files = {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }
    return dict(compiled_actions(compile_workspace(MemorySource(files))))


@lru_cache
def generated() -> dict[str, Content]:
    """Give that many actions of the workspaces that the comparison of versions generates, those without mistakes."""
    found: dict[str, Content] = {}
    for seed in (one for one in range(1_000) if one % 3):
        maker = Maker(seed)
        tree = tree_of(Model(maker), seed, [])
        compiled = compile_workspace(MemorySource({name: text.encode() for name, text in tree.items()}))
        for name, content in compiled_actions(compiled):
            found[f"{name} of {seed}"] = content
            if len(found) == GENERATED:
                return found
    raise AssertionError("there are too few")


def actions() -> dict[str, Content]:
    return {**samples(), **generated()}


# -- what has to have a verdict ---------------------------------------------------------------------


def leaves(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the place of everything in a payload that is not a list or an object with something in it."""
    slot = isinstance(node, dict) and any(
        one in node for one in ("$param", "$concat", "$expr", "$template", "$secret")
    )
    if slot or not isinstance(node, dict | list) or not node:
        yield path
    elif isinstance(node, dict):
        for key, one in node.get("$literal", node).items():
            yield from leaves(one, (*path, key))
    else:
        for index, one in enumerate(node):
            yield from leaves(one, (*path, index))


def places(content: Content) -> set[tuple[Any, ...]]:
    request = content["request"]
    found = {("request", "method"), ("request", "url"), ("authentication",)}
    for section in ("headers", "query"):
        found |= {("request", section, name) for name in request.get(section, {})}
    if "payload" in request:
        found |= {*leaves(request["payload"], ("request", "payload"))}
    responses = content.get("responses") or {}
    return found | {("responses", one, "payload") for one in responses if "payload" in responses[one]}


def test_every_field_of_every_action_has_a_verdict() -> None:
    for name, content in actions().items():
        form = lowered(content)
        assert places(content) <= {*form.fields}, name
        for path, field in form.fields.items():
            assert field.path == path
            assert field.verdict.kind in ("exact", "rough", "relay"), (name, path)
            assert field.verdict.kind == "exact" or field.verdict.reason, (name, path)
            assert (field.kind == "none") == (field.verdict.kind == "relay") or path[0] in (
                "responses",
                "authentication",
            )


@pytest.mark.parametrize("family", ["CS3", "CS4", "CS6", "CS82", "CS83"])
def test_every_example_of_a_rule_that_compiles_has_a_form(family: str) -> None:
    for code, rule in RULES.items():
        for example in (rule.bad, rule.good) if code.startswith(family) else ():
            for _, content in compiled_actions(compile_example(example, rule.subject)) if example else ():
                form = lowered(content)
                for place in places(content):
                    assert any(place[: len(path)] == path for path in form.fields), (code, place)


def test_there_are_two_hundred_and_the_nine_samples_in_three_environments() -> None:
    assert len(generated()) == GENERATED
    assert len(samples()) == 27


def test_the_samples_come_as_near_as_this() -> None:
    found = {}
    for name, content in samples().items():
        if name.endswith(" in production"):
            form = lowered(content)
            counted = Counter(one.verdict.kind for one in form.fields.values())
            found[name.removesuffix(" in production")] = (form.kind, dict(counted))
    assert found == {
        "adobe_io_event": ("relay", {"exact": 6, "relay": 1}),
        "braze_cart": ("exact", {"exact": 10}),
        "braze_review": ("exact", {"exact": 10}),
        "epsilon_message": ("relay", {"exact": 5, "relay": 6}),
        "facebook_conversion": ("relay", {"exact": 6, "relay": 11}),
        "firebase_push": ("relay", {"exact": 12, "relay": 1}),
        "sendgrid_mail": ("relay", {"exact": 7, "relay": 5}),
        "vonage_sms": ("exact", {"exact": 11}),
        "whatsapp_text": ("exact", {"exact": 12}),
    }


def test_labels_differ_on_one_canvas() -> None:
    for name, content in actions().items():
        form = lowered(content)
        labels = [one.label for one in form.variables]
        variables = {one.label for one in form.fields.values() if one.kind == "variable"}
        assert len({*labels}) == len(labels), name
        assert not variables & {*labels}, name


# -- what a journey would send ----------------------------------------------------------------------


class Journey:
    """Fills a form as the canvas does: variables by their labels, expressions evaluated."""

    def __init__(self, form: Form, content: Content, values: Mapping[str, Any]) -> None:
        self.form = form
        self.declared = content.get("parameters", {})
        labelled = {name: {**one, "label": english(one, name)} for name, one in self.declared.items()}
        self.values = values
        self.context = in_journey(labelled, values)
        self.by_label = {
            one.label: self.value(one)
            for one in form.fields.values()
            if one.kind in ("variable", "computed")
        }

    def value(self, field: LoweredField) -> Any:
        if field.computed is None:
            return self.values[field.parameter]
        return self.computed(field.computed)

    def computed(self, variable: ComputedVariable) -> Any:
        return evaluated(variable.expression, self.context)

    def filled(self, node: Any) -> Any:
        if isinstance(node, dict) and node.get("toBeMapped") is True:
            return self.by_label[node["label"]]
        if isinstance(node, dict):
            return {key: self.filled(one) for key, one in node.items()}
        return [self.filled(one) for one in node] if isinstance(node, list) else node

    def url(self) -> str:
        static = self.form.url
        path = "/" + quote(str(self.computed(self.form.path))) if self.form.path else ""
        pairs = [f"{name}={quote(self.text(one), safe='')}" for name, one in self.form.query.items()]
        return static + path + ("?" + "&".join(pairs) if pairs else "")

    def text(self, field: LoweredField) -> str:
        value = field.value if field.kind == "constant" else self.value(field)
        return (
            {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        )


def english(fields: Mapping[str, Any], name: str) -> str:
    label = fields.get("label") or name
    return str(label["en"]) if isinstance(label, dict) else str(label)


def journeys() -> Iterator[tuple[str, Journey, Request]]:
    for name, content in actions().items():
        form = lowered(content)
        values = standard_values(content.get("parameters", {}))
        if values is not None:
            yield name, Journey(form, content, values), build_request(content, values)


def test_the_body_that_a_journey_fills_in_is_the_one_that_is_sent_otherwise() -> None:
    compared = 0
    for name, journey, request in journeys():
        if journey.form.payload is None:
            continue
        filled, sent = journey.filled(journey.form.payload), request.payload
        for path, field in journey.form.fields.items():
            if field.verdict.kind == "rough" and path[:2] == ("request", "payload"):
                take_out(filled, path[2:])
                take_out(sent, path[2:])
        assert filled == sent, name
        compared += 1
    assert compared > GENERATED // 4


def test_every_action_as_a_custom_channel_prints_its_body_or_calls_the_relay() -> None:
    compared = 0
    for name, action in actions().items():
        content, form = action, channel_form(action)
        if form.content is None:
            content = relay_call(
                {**action, "relay": {"url": "https://relay.example.com", "key": {"secret": "env:K"}}}
            )
            assert any(one.verdict.needs_relay and one.verdict.reason for one in form.fields.values()), name
            form = channel_form(content)
        declared = content.get("parameters", {})
        needs = [one.verdict.reason for one in form.fields.values() if one.verdict.needs_relay]
        assert form.content is not None, (name, needs)
        values = standard_values(declared)
        if values is None:
            continue
        needed = {one: it for one, it in values.items() if not declared[one].get("optional")}
        for given in (values, needed):
            printed = evaluate(form.content, {label_of(declared, one): it for one, it in given.items()})
            assert unescaped(json.loads(printed)) == build_request(content, given).payload, name
            compared += 1
    assert compared > 2 * GENERATED


def take_out(node: Any, path: tuple[Any, ...]) -> None:
    for one in path[:-1]:
        node = node[one]
    node[path[-1]] = None


def test_the_url_that_a_journey_calls_is_the_one_that_is_called_otherwise() -> None:
    for name, journey, request in journeys():
        fields = [journey.form.fields["request", "url"], *journey.form.query.values()]
        if all(one.verdict.kind == "exact" for one in fields):
            assert unquote(journey.url()) == unquote(request.url), name


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_expression_is_one_line_and_within_the_language(language: str) -> None:
    for name, content in actions().items():
        for variable in lowered(content, language).variables:
            declared = content["parameters"]
            values = standard_values(declared) or {}
            labelled = {
                one: {**it, "label": in_language(it, one, language)} for one, it in declared.items()
            }
            evaluated(variable.expression, in_journey(labelled, values)), name


def in_language(fields: Mapping[str, Any], name: str, language: str) -> str:
    label = fields.get("label") or name
    return str(label.get(language) or label["en"]) if isinstance(label, dict) else str(label)
