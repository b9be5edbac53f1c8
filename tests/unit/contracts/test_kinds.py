"""A base with a discriminator: what an object names is what it is judged by, and nothing else is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from callsheet.contracts.kinds import MOST_KINDS
from callsheet.contracts.schemas import Translator
from callsheet.contracts.validation import Validation

TEXT = {"type": "string"}


def to(name: str, version: str = "3.0.3") -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}" if version == "2.0" else f"#/components/schemas/{name}"}


def description(schemas: dict[str, Any], version: str = "3.0.3") -> dict[str, Any]:
    if version == "2.0":
        return {"swagger": version, "definitions": schemas}
    return {"openapi": version, "components": {"schemas": schemas}}


def refused(schema: Any, schemas: dict[str, Any], value: Any, version: str = "3.0.3") -> list[str]:
    root = Translator(description(schemas, version)).whole(schema, "/x")
    return [one.words for one in Validation(root).faults(value)]


def pets(told: Any, version: str = "3.0.3", **of_cat: Any) -> dict[str, Any]:
    base = {"type": "object", "required": ["type"], "properties": {"type": TEXT}, "discriminator": told}
    cat = {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}, **of_cat}}
    dog = {"type": "object", "properties": {"bark": TEXT}}
    return {
        "Pet": base,
        "Cat": {"allOf": [to("Pet", version), cat]},
        "Dog": {"allOf": [to("Pet", version), dog]},
        "Puppy": {"allOf": [to("Dog", version), {"properties": {"weeks": {"type": "integer"}}}]},
        "Other": {"type": "object", "properties": {"lives": TEXT}},
    }


BY_NAME = {"propertyName": "type"}
FORMS = {
    "the name of the schema": ("3.0.3", pets(BY_NAME), "Cat", "Puppy"),
    "OpenAPI 3.1": ("3.1.0", pets(BY_NAME), "Cat", "Puppy"),
    "OpenAPI 2.0": ("2.0", pets("type", "2.0"), "Cat", "Puppy"),
    "a mapping by reference": (
        "3.0.3",
        pets(BY_NAME | {"mapping": {"c": "#/components/schemas/Cat", "p": "#/components/schemas/Puppy"}}),
        "c",
        "p",
    ),
    "a mapping by name": ("3.0.3", pets(BY_NAME | {"mapping": {"c": "Cat", "p": "Puppy"}}), "c", "p"),
    "a part of a mapping": ("3.0.3", pets(BY_NAME | {"mapping": {"c": "Cat"}}), "c", "Puppy"),
    "a constant of the kind": ("3.1.0", pets(BY_NAME, type={"const": "cat"}), "cat", "Puppy"),
    "the values of the kind": ("3.0.3", pets(BY_NAME, type={"enum": ["cat", "kitten"]}), "kitten", "Puppy"),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_object_is_judged_by_the_kind_that_it_names(form: str) -> None:
    version, schemas, cat, puppy = FORMS[form]
    for wrapped, around in (
        (to("Pet", version), lambda it: it),
        ({"type": "object", "properties": {"pet": to("Pet", version)}}, lambda it: {"pet": it}),
        ({"type": "array", "items": to("Pet", version)}, lambda it: [it]),
        (
            {"type": "object", "properties": {"pet": {"allOf": [to("Pet", version)]}}},
            lambda it: {"pet": it},
        ),
    ):
        taken = [
            {"type": cat, "lives": 9},
            {"type": puppy, "weeks": 3, "bark": "x"},
            {"type": "unknown", "lives": "x"},
        ]
        assert [refused(wrapped, schemas, around(one), version) for one in taken] == [[], [], []]
        broken = [
            {"type": cat},
            {"type": cat, "lives": "x"},
            {"type": puppy, "weeks": "x"},
            {"type": puppy, "bark": 1},
        ]
        assert all(len(refused(wrapped, schemas, around(one), version)) == 1 for one in broken)


def test_a_base_that_lists_the_values_of_its_kinds_says_nothing_of_each() -> None:
    schemas = pets(BY_NAME)
    schemas["Pet"]["properties"]["type"] = {"type": "string", "enum": ["Cat", "Dog", "Puppy"]}
    assert refused(to("Pet"), schemas, {"type": "Dog"}) == []
    assert refused(to("Pet"), schemas, {"type": "Cat"}) == [
        "the body lacks `lives`, which the contract requires"
    ]
    assert refused(to("Pet"), schemas, {"type": "Cow"}) == [
        "`type` is not one of the values of the contract"
    ]


def test_azure_names_the_value_of_a_kind_in_a_field_of_its_own() -> None:
    schemas = pets("type", "2.0")
    schemas["Cat"]["x-ms-discriminator-value"] = "#Microsoft.Cat"
    assert refused(to("Pet", "2.0"), schemas, {"type": "#Microsoft.Cat"}, "2.0") != []


def test_a_kind_that_is_referred_to_itself_is_judged_as_before() -> None:
    schemas = pets(BY_NAME)
    assert refused(to("Cat"), schemas, {"type": "Dog", "lives": 1}) == []
    assert refused(to("Cat"), schemas, {"type": "Dog"}) == [
        "the body lacks `lives`, which the contract requires"
    ]


@pytest.mark.parametrize("closed", ["Cat", "Pet"])
def test_a_closed_kind_takes_the_names_of_its_base_and_its_own(closed: str) -> None:
    schemas = pets(BY_NAME)
    part = schemas["Cat"]["allOf"][1] if closed == "Cat" else schemas["Pet"]
    part["additionalProperties"] = False
    assert refused(to("Pet"), schemas, {"type": "Cat", "lives": 1}) == []
    assert refused(to("Pet"), schemas, {"type": "Cat", "lives": 1, "other": 1}) != []


def test_a_kind_that_is_an_object_of_its_base_in_another_way_ends() -> None:
    schemas = pets(BY_NAME)
    schemas["Cat"]["allOf"].append({"oneOf": [to("Wrapped"), {"type": "object"}]})
    schemas["Wrapped"] = {"anyOf": [to("Pet")]}
    # It cannot be judged without an end: what it names is left open.
    assert refused(to("Pet"), schemas, {"type": "Cat"}) == []
    assert refused(to("Pet"), schemas, {"type": "Puppy", "weeks": "x"}) != []


def test_bases_that_are_made_of_each_other_end() -> None:
    schemas = {
        name: {"allOf": [to(other), {"properties": {name: {"type": "integer"}}}], "discriminator": BY_NAME}
        for name, other in (("A", "B"), ("B", "A"))
    }
    for name in schemas:
        assert refused(to(name), schemas, {"type": "A"}) == []


def test_a_base_of_everything_is_judged_by_none_of_its_kinds() -> None:
    schemas: dict[str, Any] = {"Pet": pets(BY_NAME)["Pet"]}
    for number in range(MOST_KINDS + 1):
        schemas[f"Kind{number}"] = {"allOf": [to("Pet"), {"required": ["lives"]}]}
    assert refused(to("Pet"), schemas, {"type": "Kind1"}) == []
    del schemas["Kind0"]
    assert refused(to("Pet"), schemas, {"type": "Kind1"}) == [
        "the body lacks `lives`, which the contract requires"
    ]


@pytest.mark.parametrize("seed", range(40))
def test_any_graph_of_bases_and_kinds_ends(seed: int) -> None:
    random_ = random.Random(seed)
    names = [f"S{number}" for number in range(8)]

    def node(depth: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword in random_.sample(["allOf", "anyOf", "oneOf"], random_.randint(0, 2)):
            found[keyword] = [
                node(depth + 1) if depth < 2 and random_.random() < 0.4 else to(random_.choice(names))
                for _ in range(random_.randint(1, 2))
            ]
        if random_.random() < 0.5:
            found["discriminator"] = BY_NAME | {"mapping": {random_.choice("ab"): random_.choice(names)}}
        if random_.random() < 0.5:
            found["properties"] = {random_.choice("ab"): to(random_.choice(names)), "type": TEXT}
        return found

    schemas = {name: node() for name in names}
    for name in names:
        for value in ({"type": random_.choice([*names, "a", "b"])}, {"type": 1, "a": {"type": "a"}}, 1):
            refused(to(name), schemas, value)
