"""A description's schemas refuse what they refuse, and nothing more: open objects, closed ones, alternatives."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from callsheet.contracts.bundling import bundled
from callsheet.contracts.discriminators import first_decided
from callsheet.contracts.near_keys import MAX_OTHERS, near_keys
from callsheet.contracts.schemas import Translator
from callsheet.contracts.validation import Validation
from callsheet.importing.model import Slot
from callsheet.importing.sampling import Sampler

TEXT = {"type": "string"}


def an_object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def translated(
    schema: Any, schemas: dict[str, Any] | None = None, version: str = "3.0.3"
) -> dict[str, Any]:
    return Translator({"openapi": version, "components": {"schemas": schemas or {}}}).whole(schema, "/x")


def refused(schema: dict[str, Any], value: Any) -> list[str]:
    return [one.words for one in Validation(schema).faults(value)]


CLOSED = {"additionalProperties": False}
SHUT = an_object({"type": {"enum": ["shut"]}, "a": TEXT}, required=["type"], **CLOSED)
OPEN = an_object({"type": {"enum": ["open"]}, "b": TEXT}, required=["type"])


@pytest.mark.parametrize(
    "schema",
    [
        an_object({"name": TEXT}),
        an_object({"name": TEXT}, additionalProperties=True),
        an_object({"name": TEXT}, additionalProperties={}),
        an_object({"name": TEXT}, unevaluatedProperties=True),
        {"allOf": [an_object({"name": TEXT}), an_object({"more": TEXT})]},
        {"anyOf": [an_object({"name": TEXT}), an_object({"more": TEXT})]},
        {"properties": {"name": TEXT}},
    ],
)
def test_what_a_description_leaves_open_takes_any_other_key_without_a_word(schema: dict[str, Any]) -> None:
    for wrapped, value in (
        (schema, {"name": "x", "zzz": 1}),
        (an_object({"in": schema}), {"in": {"name": "x", "zzz": 1}}),
        (an_object({"in": {"type": "array", "items": schema}}), {"in": [{"name": "x", "zzz": 1}]}),
    ):
        root = translated(wrapped)
        assert refused(root, value) == []
        assert [*near_keys(root, value)] == []


@pytest.mark.parametrize(
    ("schema", "known"),
    [
        (an_object({"name": TEXT}, **CLOSED), {"name"}),
        (an_object({"name": TEXT}, unevaluatedProperties=False), {"name"}),
        (an_object({}, **CLOSED), set()),
        ({"type": "object", **CLOSED}, set()),
        (to("Shut"), {"a"}),
        # Strictly, no value with both names would be valid: vendors mean the names of all parts.
        ({"allOf": [an_object({"name": TEXT}, **CLOSED), an_object({"more": TEXT}, **CLOSED)]}, {"name", "more"}),
        ({"allOf": [to("Shut"), an_object({"more": TEXT})]}, {"a", "more"}),
        (an_object({"name": TEXT}, anyOf=[an_object({"a": TEXT}), an_object({"b": TEXT})], **CLOSED), {"name", "a", "b"}),
        ({"anyOf": [an_object({"a": TEXT}, **CLOSED), an_object({"b": TEXT}, **CLOSED)]}, {"b"}),
        (an_object({"name": TEXT}, oneOf=[an_object({"a": TEXT}, **CLOSED)]), {"name", "a"}),
    ],
)  # fmt: skip
def test_what_a_description_closes_refuses_other_keys(schema: dict[str, Any], known: set[str]) -> None:
    is_shut = "#/components/schemas/Shut" in str(schema)
    value = {**dict.fromkeys(known, "x"), **({"type": "shut"} if is_shut else {})}
    root = translated(schema, {"Shut": SHUT})
    assert refused(root, value) == []
    assert any("`zzz` is not in the contract" in one for one in refused(root, {**value, "zzz": 1}))
    inner = translated(an_object({"in": {"type": "array", "items": schema}}), {"Shut": SHUT})
    assert refused(inner, {"in": [value]}) == []
    assert refused(inner, {"in": [value, {**value, "zzz": 1}]}) != []


def test_the_alternative_that_is_meant_decides_whether_a_key_is_refused() -> None:
    choice = {"oneOf": [to("Shut"), to("Open")], "discriminator": {"propertyName": "type", "mapping": {"shut": "Shut", "open": "Open"}}}  # fmt: skip
    root = translated(an_object({"in": choice}), {"Shut": SHUT, "Open": OPEN})
    assert refused(root, {"in": {"type": "open", "zzz": 1}}) == []
    assert refused(root, {"in": {"type": "shut", "zzz": 1}}) == ["`zzz` is not in the contract"]
    assert refused(root, {"in": {"type": "shut", "a": "x"}}) == []


def test_an_alternative_that_is_closed_does_not_let_a_key_pass_by_another_one_that_is_broken() -> None:
    root = translated({"anyOf": [an_object({"a": TEXT}, required=["a"], **CLOSED), an_object({"b": TEXT}, required=["b"])]})  # fmt: skip
    assert refused(root, {"a": "x"}) == []
    assert refused(root, {"a": "x", "zzz": 1}) == ["`zzz` is not in the contract"]
    assert refused(root, {"b": "x", "zzz": 1}) == []


def test_discovery_names_every_key_of_an_object_that_names_some() -> None:
    description = {"schemas": {"M": {"type": "object", "properties": {"name": TEXT}}}}
    root = Translator(description, discovery=True).whole({"$ref": "M"}, "/x")
    assert refused(root, {"name": "x"}) == []
    assert refused(root, {"nam": "x"}) == ["`nam` is not in the contract (did you mean `name`?)"]


NEAR = an_object(
    {
        "recipient": TEXT,
        "all": {"allOf": [to("Base"), an_object({"campaign": TEXT})]},
        "list": {"type": "array", "items": to("Base")},
        "map": {"type": "object", "additionalProperties": to("Base")},
        "one": {"anyOf": [{"type": "null"}, to("Base")]},
    }
)
BASE = an_object({"userId": TEXT, "street1": TEXT, "url": TEXT})


@pytest.mark.parametrize(
    ("value", "path", "meant", "at"),
    [
        ({"recipeint": 1}, ("recipeint",), "recipient", "/x/properties/recipient"),
        ({"all": {"user_id": 1}}, ("all", "user_id"), "userId", "/components/schemas/Base/properties/userId"),
        ({"all": {"campain": 1}}, ("all", "campain"), "campaign", "/x/properties/all/allOf/1/properties/campaign"),
        ({"list": [{}, {"ulr": 1}]}, ("list", 1, "ulr"), "url", "/components/schemas/Base/properties/url"),
        ({"map": {"x": {"userid": 1}}}, ("map", "x", "userid"), "userId", "/components/schemas/Base/properties/userId"),
        ({"one": {"usrId": 1}}, ("one", "usrId"), "userId", "/components/schemas/Base/properties/userId"),
    ],
)  # fmt: skip
def test_a_key_near_to_one_that_is_known_is_found_at_any_depth(
    value: Any, path: tuple[Any, ...], meant: str, at: str
) -> None:
    root = translated(NEAR, {"Base": BASE})
    assert refused(root, value) == []
    assert [(one.path, one.meant, one.at) for one in near_keys(root, value)] == [(path, meant, at)]


@pytest.mark.parametrize(
    "value",
    [
        {"recipient": "x", "recipients": ["y"]},
        {"list": [{"street2": "x", "website": "x", "id": 1}]},
        {"map": {"recipeint": {}}},
        {"free": {"recipeint": 1}},
        {"recipeint": 1, **{f"custom {number}": 1 for number in range(MAX_OTHERS)}},
    ],
)
def test_a_key_is_its_own_where_the_known_one_is_there_too_or_where_keys_are_free(value: Any) -> None:
    assert [*near_keys(translated(NEAR, {"Base": BASE}), value)] == []


def test_a_field_is_judged_by_the_alternatives_that_name_it_unless_a_condition_does() -> None:
    first = an_object({"mode": {"enum": ["fast"]}, "n": {"$ref": "#/components/schemas/N"}}, required=["a"])
    choice = {"anyOf": [first, an_object({"b": TEXT}, required=["b"])]}
    root = translated(choice, {"N": {"type": "integer"}})
    assert refused(root, {"b": "x", "mode": "fast", "n": 1}) == []
    assert refused(root, {"b": "x", "mode": "slow"}) == ["`mode` is not one of the values of the contract"]
    assert refused(root, {"b": "x", "n": "one"}) == ["`n` must be an integer by the contract"]
    free = {"anyOf": [first, an_object({"b": TEXT}, required=["b"], additionalProperties=TEXT)]}
    assert refused(translated(free), {"b": "x", "mode": "slow"}) == []
    anything = {"anyOf": [first, {"type": "object", "additionalProperties": True}]}
    assert refused(translated(anything, {"N": {"type": "integer"}}), {"mode": "slow", "n": "one"}) == []
    beside = {**choice, "properties": {"mode": TEXT}}
    assert refused(translated(beside), {"b": "x", "mode": "slow"}) == []


PARTS = {
    "B": an_object({"b": TEXT}, required=["b"]),
    "Id": {"type": "string", "readOnly": True},
    "Base": an_object({"id": {"type": "string", "readOnly": True}}),
}


@pytest.mark.parametrize(
    "schema",
    [
        {"nullable": True, **to("B")},
        {"nullable": True, "allOf": [to("B")]},
        {"x-nullable": True, "allOf": [to("B")]},
        {"type": "object", "nullable": True, "allOf": [to("B")]},
        {"nullable": True, "oneOf": [to("B"), {"type": "integer"}]},
        {"nullable": True, "anyOf": [to("B")], "description": "x"},
    ],
)
def test_null_is_taken_beside_what_a_schema_is_made_of(schema: dict[str, Any]) -> None:
    root = translated(an_object({"a": schema}), PARTS)
    assert refused(root, {"a": None}) == refused(root, {"a": {"b": "x"}}) == []
    assert refused(root, {"a": {}}) == ["`a` lacks `b`, which the contract requires"]
    assert refused(root, {"a": {"b": 1}}) == ["`a.b` must be a text by the contract"]
    plain = {name: one for name, one in schema.items() if not name.endswith("nullable")}
    assert refused(translated(an_object({"a": plain}), PARTS), {"a": None}) != []


def test_null_is_one_of_the_values_of_an_enum_that_may_be_null() -> None:
    for more in ({}, {"type": "string"}):
        for told in ({"nullable": True}, {"x-nullable": True}):
            for values in (["x"], ["x", None]):
                root = translated(an_object({"a": {**told, "enum": values, **more}}))
                assert refused(root, {"a": None}) == refused(root, {"a": "x"}) == []
                assert refused(root, {"a": "y"}) == ["`a` is not one of the values of the contract"]


@pytest.mark.parametrize(
    "schema",
    [
        an_object({"id": to("Id"), "a": TEXT}, required=["id", "a"]),
        an_object({"id": {"allOf": [to("Id")]}, "a": TEXT}, required=["id", "a"]),
        an_object({"id": {"readOnly": True, **to("B")}, "a": TEXT}, required=["id", "a"]),
        {"allOf": [an_object({"id": to("Id"), "a": TEXT}), {"required": ["id", "a"]}]},
        {"allOf": [to("Base"), an_object({"a": TEXT}, required=["id", "a"])]},
        {"allOf": [to("Base")], "required": ["id", "a"], "properties": {"a": TEXT}},
    ],
)
def test_what_only_an_answer_contains_is_not_required_of_a_request(schema: dict[str, Any]) -> None:
    root = translated(schema, PARTS)
    assert refused(root, {"a": "x"}) == []
    assert refused(root, {}) == ["the body lacks `a`, which the contract requires"]


def test_what_is_written_beside_a_reference_counts_since_openapi_3_1() -> None:
    schema = an_object({"a": {**to("B"), "required": ["c"], "properties": {"c": {"type": "integer"}}}})
    old, new = translated(schema, PARTS), translated(schema, PARTS, "3.1.0")
    assert refused(old, {"a": {"b": "x", "c": "no"}}) == []
    assert refused(new, {"a": {"b": "x", "c": 1}}) == []
    assert refused(new, {"a": {"b": "x", "c": "no"}}) == ["`a.c` must be an integer by the contract"]
    assert refused(new, {"a": {"b": "x"}}) == ["`a` lacks `c`, which the contract requires"]
    assert refused(new, {"a": {"c": 1}}) == ["`a` lacks `b`, which the contract requires"]


def test_a_name_that_is_required_twice_is_required_once() -> None:
    root = translated(an_object({"a": TEXT}, required=["a", "a"]))
    assert refused(root, {"a": "x"}) == []
    assert refused(root, {}) == ["the body lacks `a`, which the contract requires"]


KINDS = {
    "TextMessage": an_object({"type": {"const": "text"}, "text": TEXT}, required=["type", "text"]),
    "ImageMessage": an_object({"type": {"type": "string", "enum": ["image", "photo"]}, "url": TEXT}, required=["type", "url"]),
    "film": an_object({"type": TEXT, "film": TEXT}, required=["film"]),
    "Base": an_object({"type": {"enum": ["one", "two"]}}),
    "One": {"allOf": [to("Base"), an_object({"a": TEXT}, required=["a"])]},
    "Two": {"allOf": [to("Base"), an_object({"b": TEXT}, required=["b"])]},
    "V1": an_object({"type": {"type": "integer"}, "a": TEXT}, required=["a"]),
    "V2": an_object({"type": {"type": "integer"}, "b": TEXT}, required=["b"]),
}  # fmt: skip
ALL = [to("TextMessage"), to("ImageMessage"), to("film")]
INLINE = an_object({"type": {"enum": ["own"]}, "z": TEXT}, required=["z"])


def choice(branches: list[Any], mapping: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    told = {"propertyName": "type", **({"mapping": mapping} if mapping else {})}
    return {"oneOf": branches, "discriminator": told, **more}


@pytest.mark.parametrize(
    ("schema", "good", "bad", "words"),
    [
        (choice(ALL), {"type": "text", "text": "x"}, {"type": "text"}, "lacks `text`"),
        (choice(ALL), {"type": "photo", "url": "x"}, {"type": "image", "text": "x"}, "lacks `url`"),
        (choice(ALL), {"type": "film", "film": "x"}, {"type": "film", "text": "x"}, "lacks `film`"),
        (choice(ALL), {"type": "film", "film": "x"}, {"type": "flim", "film": "x"}, "`m.type` is not one of the values of the contract (did you mean `film`?)"),
        (choice(ALL), {"film": "x"}, {"film": 1}, "must be a text"),
        (choice(ALL[:2]), {"type": "text", "text": "x"}, {"text": "x"}, "`m` lacks `type`"),
        (choice(ALL, {"movie": "film"}), {"type": "movie", "film": "x"}, {"type": "movie", "url": "x"}, "lacks `film`"),
        (choice(ALL, {"movie": "film"}), {"type": "image", "url": "x"}, {"type": "image"}, "lacks `url`"),
        (choice(ALL, {"txt": "TextMessage"}), {"type": "text", "text": "x"}, {"type": "text"}, "lacks `text`"),
        (choice([*ALL, INLINE]), {"type": "own", "z": "x"}, {"type": "own"}, "lacks `z`"),
        (choice([to("One"), to("Two")], {"one": "One", "two": "Two"}), {"type": "two", "b": "x"}, {"type": "two", "a": "x"}, "lacks `b`"),
        (choice([to("V1"), to("V2")], {"1": "V1", "2": "V2"}), {"type": 2, "b": "x"}, {"type": 2, "a": "x"}, "lacks `b`"),
        (choice([to("One")], {"one": "One", "two": "Two"}), {"type": "two", "b": "x"}, {"type": "two", "a": "x"}, "lacks `b`"),
        (choice([to("TextMessage"), {"type": "null"}]), None, {"type": "text"}, "lacks `text`"),
        (choice([to("TextMessage"), {"type": "null"}]), {"type": "text", "text": "x"}, 5, "must be"),
        (choice([to("TextMessage")], None, nullable=True), None, {"type": "text"}, "lacks `text`"),
        # What no value names may be anything: the property decides nothing.
        (choice([to("TextMessage"), an_object({"z": TEXT}, required=["z"])]), {"z": "x"}, {"a": "x"}, "lacks `z`"),
        (choice([to("TextMessage")], None, anyOf=[an_object({"q": TEXT}, required=["q"])]), {"type": "text", "text": "x", "q": "x"}, {"type": "text", "text": "x"}, "lacks `q`"),
        (choice([to("TextMessage")], None, properties={"id": TEXT}), {"type": "text", "text": "x", "id": "x"}, {"type": "text", "text": "x", "id": 1}, "`m.id` must be a text"),
    ],
)  # fmt: skip
def test_the_alternative_is_named_by_mapping_const_enum_or_schema(
    schema: dict[str, Any], good: Any, bad: Any, words: str
) -> None:
    root = translated(an_object({"m": schema}), KINDS, "3.1.0")
    assert refused(root, {"m": good}) == []
    assert any(words in one for one in refused(root, {"m": bad})), refused(root, {"m": bad})


def test_a_mapping_to_what_is_not_there_leaves_every_alternative_and_is_noted() -> None:
    mapping = {"film": "films/film.yml", "text": "TextMessage", "odd": "#/components/schemas/None"}
    translator = Translator({"openapi": "3.0.3", "components": {"schemas": KINDS}})
    schema = translator.whole(choice([to("TextMessage"), to("V1")], mapping), "/x")
    assert [words for _, words in translator.odd] == [
        "maps film to what is not there",
        "maps odd to what is not there",
    ]
    assert refused(schema, {"type": "text", "text": "x"}) == []


def test_a_value_that_is_mapped_to_nothing_names_any_of_the_alternatives() -> None:
    schemas = {name: an_object({"type": TEXT, name: TEXT}, required=[name]) for name in ("Cat", "Dog")}
    schema = translated(choice([to("Cat"), to("Dog")], {"cat": "animals/cat.yml"}), schemas)
    assert refused(schema, {"type": "cat", "Cat": "x"}) == []
    assert refused(schema, {"type": "Dog", "Dog": "x"}) == []
    assert refused(schema, {"type": "cat", "x": "x"}) != []
    assert refused(schema, {"type": "Dog", "Cat": "x"}) != []
    assert refused(schema, {"type": "cow", "Cat": "x"}) != []


def test_the_first_value_of_a_choice_is_one_that_a_sample_can_take() -> None:
    root = translated(choice(ALL[:2]), KINDS)
    first, branch = first_decided(root["allOf"][0])
    assert first == {"properties": {"type": {"enum": ["image"]}}, "required": ["type"]}
    assert branch["$ref"].endswith("ImageMessage")
    assert first_decided({"if": {"required": ["t"]}, "then": {"required": ["x"]}}) == []
    assert first_decided({}) == []


@pytest.mark.parametrize(
    ("schema", "good", "bad", "words"),
    [
        ({"if": {"properties": {"t": {"const": "a"}}, "required": ["t"]}, "then": {"required": ["x"]}}, {"t": "a", "x": 1}, {"t": "a"}, "`m` lacks `x`, which the contract requires"),
        ({"if": {"required": ["t"]}, "else": {"required": ["x"]}}, {"t": 1}, {}, "`m` lacks `x`, which the contract requires"),
        (an_object({"t": {}}, **CLOSED, **{"if": {"required": ["t"]}, "then": {"properties": {"x": TEXT}}}), {"t": 1, "x": "y"}, {"t": 1, "z": "y"}, "`z` is not in the contract"),
        ({"dependentRequired": {"t": ["x", "x"]}}, {"t": 1, "x": 1}, {"t": 1}, "`m` lacks `x`, which the contract requires beside `t`"),
        ({"dependentSchemas": {"t": {"properties": {"x": TEXT}}}}, {"t": 1, "x": "y"}, {"t": 1, "x": 2}, "`m.x` must be a text by the contract"),
        (an_object({"a": TEXT}, patternProperties={"^x-": TEXT}, **CLOSED), {"a": "x", "x-a": "y"}, {"x-a": 1}, "`m.x-a` must be a text by the contract"),
        (an_object({"a": TEXT}, patternProperties={"^x-": TEXT}, **CLOSED), {"x-a": "y"}, {"y": "x"}, "`y` is not in the contract"),
        ({"type": "object", "patternProperties": {"^x-": TEXT}, **CLOSED}, {"x-a": "y"}, {"y": "x"}, "`y` is not in the contract"),
        ({"patternProperties": {"^x-": {}}, "additionalProperties": TEXT}, {"x-a": 1, "y": "x"}, {"y": 1}, "`m.y` must be a text by the contract"),
        ({"propertyNames": {"allOf": [{"$ref": "#/components/schemas/Name"}]}}, {"ab": 1}, {"AB": 1}, "`m` does not satisfy `propertyNames"),
        ({"prefixItems": [TEXT, {"type": "integer"}], "items": False}, ["x", 1], ["x", 1, 2], "`m.2` is not allowed by the contract"),
        ({"prefixItems": [TEXT]}, ["x", 1], [1], "`m.0` must be a text by the contract"),
        ({"contains": {"const": "x"}, "maxContains": 1}, ["y", "x"], ["y"], "`m` contains no item of the form"),
        ({"contains": {"const": "x"}, "maxContains": 1}, ["x"], ["x", "x"], "`m` does not satisfy `maxContains: 1` of the contract"),
        ({"properties": {"old": False, "new": True}}, {"new": 1}, {"old": 1}, "`m.old` is not allowed by the contract"),
        ({"anyOf": [False, an_object({"b": TEXT}, required=["b"])]}, {"b": "x"}, {}, "`m` lacks `b`"),
    ],
)  # fmt: skip
def test_the_keywords_of_json_schema_are_judged(schema: Any, good: Any, bad: Any, words: str) -> None:
    root = translated(an_object({"m": schema}), {"Name": {"pattern": "^[a-z]+$"}}, "3.1.0")
    assert refused(root, {"m": good}) == []
    assert any(one.startswith(words) for one in refused(root, {"m": bad})), refused(root, {"m": bad})
    assert [*near_keys(root, {"m": good})] == []


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (
            an_object({"a": TEXT}, additionalProperties=False, unevaluatedProperties=TEXT),
            {"a": "x"},
            {"b": "x"},
        ),
        (an_object({"a": TEXT}, additionalProperties=True, unevaluatedProperties=TEXT), {"b": 1}, {"a": 1}),
        (
            an_object({"a": TEXT}, additionalProperties=TEXT, unevaluatedProperties=False),
            {"b": "x"},
            {"b": 1},
        ),
        (
            {"allOf": [an_object({"a": TEXT}, additionalProperties=True)], "unevaluatedProperties": TEXT},
            {"b": 1},
            {"a": 1},
        ),
    ],
)
def test_what_additional_properties_says_is_evaluated(schema: Any, good: Any, bad: Any) -> None:
    for inner in (schema, to("S"), {"type": "object", "allOf": [to("S")]}):
        found = translated(an_object({"m": inner}), {"S": schema}, "3.1.0")
        assert refused(found, {"m": good}) == []
        assert refused(found, {"m": bad}) != []


@pytest.mark.parametrize(
    "loop",
    [
        {"if": to("Loop")},
        {"if": True, "then": to("Loop")},
        {"if": False, "else": {"allOf": [to("Loop")]}},
        {"dependentSchemas": {"k": to("Loop")}},
    ],
)
def test_a_schema_that_is_made_of_itself_by_a_condition_is_noted_and_says_nothing(loop: Any) -> None:
    translator = Translator({"openapi": "3.1.0", "components": {"schemas": {"Loop": loop}}})
    root = translator.whole(an_object({"m": to("Loop"), "n": {"type": "integer"}}), "/x")
    assert translator.odd == [("/components/schemas/Loop", "refers only to itself")]
    assert refused(root, {"m": {"k": 1}, "n": "x"}) == ["`n` must be an integer by the contract"]


def test_a_key_that_a_pattern_describes_is_near_to_none() -> None:
    root = translated(an_object({"x-user": TEXT}, patternProperties={"^x-": TEXT}))
    assert [*near_keys(root, {"x-usr": "a"})] == []
    assert [one.meant for one in near_keys(root, {"y-user": "a"})] == ["x-user"]


NAMES = [
    "Foo Bar",
    "Map«string,object»",
    "Response<List>",
    "A[B]",
    "a%b",
    "a/b",
    "a~b",
    "É",
    "x{y}",
    "#frag",
    "q?x",
    '"q"',
    "a\\b",
    "_x20_",
    "日本",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoded", [False, True])
def test_a_name_of_a_schema_may_be_anything(name: str, encoded: bool) -> None:
    pointer = "/components/schemas/" + name.replace("~", "~0").replace("/", "~1")
    reference = f"#{quote(pointer, safe='/~') if encoded else pointer}"
    schemas = {
        name: an_object({"b": {"type": "string"}}),
        name + "2": an_object({"b": {"type": "integer"}}),
    }
    schema = translated(an_object({"a": {"$ref": reference}}), schemas)
    assert refused(schema, {"a": {"b": "x"}}) == []
    assert refused(schema, {"a": {"b": 1}}) != []


def test_a_reference_may_lead_through_a_list_and_through_a_path() -> None:
    schemas = {"T": {"allOf": [an_object({"id": {"type": "string"}}), an_object({"x": {}})]}}
    schema = translated(an_object({"a": {"$ref": "#/components/schemas/T/allOf/0"}}), schemas)
    assert refused(schema, {"a": {"id": 1}}) != []
    assert refused(schema, {"a": {"id": "1"}}) == []


def test_an_alternative_is_meant_by_the_name_of_its_schema_however_that_is_written() -> None:
    schemas = {"Foo Bar": an_object({"type": {"type": "string"}, "n": {"type": "integer"}})}
    choice = {
        "oneOf": [{"$ref": "#/components/schemas/Foo%20Bar"}],
        "discriminator": {"propertyName": "type"},
    }
    schema = translated(choice, schemas)
    assert refused(schema, {"type": "Foo Bar", "n": 1}) == []
    assert refused(schema, {"type": "Foo Bar", "n": "1"}) != []


def test_a_pattern_as_javascript_writes_it_is_said_and_not_asserted() -> None:
    translator = Translator({"openapi": "3.0.3"})
    root = translator.whole(an_object({"a": {"type": "string", "pattern": "/^[a-z]+$/i"}}), "/x")
    assert refused(root, {"a": "abc"}) == refused(root, {"a": "1"}) == []
    assert refused(root, {"a": 1}) == ["`a` must be a text by the contract"]
    assert translator.odd == [
        ("/x/properties/a", "has a pattern as JavaScript writes it, which matches nothing as it is")
    ]


PET = an_object({"kind": TEXT, "name": TEXT}, required=["kind"], discriminator={"propertyName": "kind", "mapping": {"kitty": "Cat"}})  # fmt: skip
PETS: dict[str, Any] = {
    "Pet": PET,
    "Alias": to("Pet"),
    "Cat": {"allOf": [to("Pet"), an_object({"lives": {"type": "integer"}}, required=["lives"])]},
    "Dog": {"allOf": [to("Alias"), an_object({"bark": TEXT}, required=["bark"], **CLOSED)]},
    "Poodle": {"allOf": [{"allOf": [to("Dog")]}, an_object({"curls": {"type": "boolean"}}, required=["curls"])]},
    "Fish": {"allOf": [to("Pet"), an_object({"kind": {"enum": ["fishes"]}, "fins": {"type": "integer"}}, required=["fins"])]},
    "Stone": an_object({"weight": {"type": "integer"}}, required=["weight"]),
    "Herd": {"allOf": [to("Pet"), an_object({"all": {"type": "array", "items": to("Pet")}}, required=["all"])]},
    "Loop": {"allOf": [to("Pet")], "anyOf": [to("Pet"), an_object({"never": TEXT}, required=["never"])]},
    "Wrapped": an_object({"m": {"allOf": [to("Pet")], "description": "A pet."}}),
    "Maybe": an_object({"m": {**to("Pet"), "nullable": True}}),
}  # fmt: skip
CAT = {"kind": "Cat", "lives": 9}


@pytest.mark.parametrize("schema", [to("Pet"), to("Alias"), {"allOf": [to("Pet")]}, {"anyOf": [{"type": "integer"}, to("Pet")]}])  # fmt: skip
@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        (CAT, {"kind": "Cat"}, "`m` lacks `lives`"),
        ({**CAT, "kind": "kitty"}, {"kind": "kitty", "lives": "x"}, "`m.lives` must be an integer"),
        ({"kind": "Dog", "bark": "x"}, {"kind": "Dog", "bark": 1}, "`m.bark` must be a text"),
        ({"kind": "Poodle", "bark": "x", "curls": True}, {"kind": "Poodle", "curls": True}, "`m` lacks `bark`"),
        ({"kind": "Poodle", "bark": "x", "curls": True}, {"kind": "Poodle", "bark": "x"}, "`m` lacks `curls`"),
        ({"kind": "fishes", "fins": 2}, {"kind": "fishes"}, "`m` lacks `fins`"),
        ({"kind": "Herd", "all": [CAT]}, {"kind": "Herd", "all": [CAT, {"kind": "Cat"}]}, "`m.all.1` lacks `lives`"),
        ({"kind": "hamster", "wheel": 1}, {"name": "x"}, "`m` lacks `kind`"),
        ({"kind": "Stone"}, {"kind": 5}, "`m.kind` must be a text"),
        ({"kind": "Loop"}, {"kind": "Loop", "name": 1}, "`m.name` must be a text"),
    ],
)  # fmt: skip
def test_the_discriminator_of_a_base_chooses_the_kind_that_judges(
    schema: dict[str, Any], good: Any, bad: Any, words: str
) -> None:
    root = translated(an_object({"m": schema}), PETS)
    assert refused(root, {"m": good}) == []
    assert any(words in one for one in refused(root, {"m": bad})), refused(root, {"m": bad})


def test_a_kind_is_held_against_its_base_and_not_against_the_other_kinds() -> None:
    root = translated(an_object({"m": to("Cat")}), PETS)
    assert refused(root, {"m": {"kind": "Dog", "lives": 9}}) == []
    assert refused(root, {"m": {"kind": "Cat"}}) == ["`m` lacks `lives`, which the contract requires"]
    root = translated(an_object({"in": to("Wrapped"), "may": to("Maybe")}), PETS)
    assert refused(root, {"in": {"m": CAT}, "may": {"m": None}}) == []
    assert refused(root, {"in": {"m": {"kind": "Cat"}}}) == [
        "`in.m` lacks `lives`, which the contract requires"
    ]
    assert refused(root, {"may": {"m": {"kind": "Cat"}}}) != []


def test_a_closed_kind_refuses_other_keys_where_nothing_beside_it_names_them() -> None:
    dog = {"kind": "Dog", "bark": "x", "name": "y", "zzz": 1}
    root = translated(an_object({"m": to("Pet")}), PETS)
    assert refused(root, {"m": dog}) == ["`zzz` is not in the contract"]
    beside = {"allOf": [to("Pet")], "properties": {"zzz": {"type": "integer"}}}
    assert refused(translated(an_object({"m": beside}), PETS), {"m": dog}) == []


def test_a_base_of_swagger_chooses_its_kind_by_the_name_of_a_schema() -> None:
    description = {
        "swagger": "2.0",
        "definitions": {
            "Pet": {**an_object({"kind": TEXT}, required=["kind"]), "discriminator": "kind"},
            "Cat": {
                "allOf": [
                    {"$ref": "#/definitions/Pet"},
                    an_object({"lives": {"type": "integer"}}, required=["lives"]),
                ]
            },
            "Dog": {
                "x-ms-discriminator-value": "#Pets.Dog",
                "allOf": [{"$ref": "#/definitions/Pet"}, an_object({}, required=["bark"])],
            },
        },
    }
    root = Translator(description).whole({"$ref": "#/definitions/Pet"}, "/x")
    assert refused(root, {"kind": "Cat", "lives": 9}) == []
    assert refused(root, {"kind": "Cat"}) == ["the body lacks `lives`, which the contract requires"]
    assert refused(root, {"kind": "#Pets.Dog"}) == ["the body lacks `bark`, which the contract requires"]
    assert refused(root, {"kind": "#Pets.Cow"}) == []


def test_a_sample_of_a_base_is_one_of_its_kinds() -> None:
    root = translated(an_object({"m": to("Pet")}, required=["m"]), PETS)
    payload = Sampler({}, root).value(root, (), 0)
    assert payload["m"]["kind"] in ("Cat", "kitty", "Dog", "Poodle", "fishes", "Herd")
    plain = {
        "m": {key: one.example if isinstance(one, Slot) else str(one) for key, one in payload["m"].items()}
    }
    assert refused(root, plain) == []


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"not": {"type": "string"}}, "x", "`a` is a text, which the contract excludes"),
        ({"not": {"enum": ["x", 5]}}, 5, "`a` is a value that the contract excludes"),
        ({"not": an_object({}, required=["b"])}, {"b": 1}, "`a` is of a form that the contract excludes"),
        ({"not": {}}, 1, "`a` is not allowed by the contract"),
        (
            {"type": "object", "propertyNames": {"pattern": "^x"}},
            {"y": 1},
            "`a` does not satisfy `propertyNames` of the contract",
        ),
    ],
)
def test_what_a_finding_says_of_a_schema_has_nothing_of_its_translation(
    schema: dict[str, Any], value: Any, words: str
) -> None:
    root = translated(an_object({"a": schema}), version="3.1.0")
    found = refused(root, {"a": value})
    assert found == [words]


def test_a_kind_may_be_in_another_file_than_its_base() -> None:
    told = {"propertyName": "kind", "mapping": {"kitty": "schemas/Cat.yaml"}}
    pet = an_object({"kind": TEXT}, required=["kind"], discriminator=told)
    more = an_object({"lives": {"type": "integer"}}, required=["lives"])
    base = "api.yaml#/components/schemas/Pet"
    parts = {
        "schemas/Cat.yaml": {"allOf": [{"$ref": f"../{base}"}, more]},
        "more.yaml": {"components": {"schemas": {"Dog": {"allOf": [{"$ref": base}, more]}}}},
    }
    description = bundled("api.yaml", {"openapi": "3.0.3", "components": {"schemas": {"Pet": pet}}}, parts)
    root = Translator(description).whole(to("Pet"), "/x")
    for kind in ("kitty", "Cat", "Dog"):
        assert refused(root, {"kind": kind, "lives": 9}) == []
        assert refused(root, {"kind": kind}) == ["the body lacks `lives`, which the contract requires"]
    assert refused(root, {"kind": "Cow"}) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_reference_may_lead_to_an_anchor_since_openapi_3_1(version: str) -> None:
    schemas = {
        "Deep": {"type": "array", "items": an_object({"a": {"$anchor": "short", **TEXT, "maxLength": 3}})}
    }
    translator = Translator({"openapi": version, "components": {"schemas": schemas}})
    root = translator.whole(an_object({"x": {"$ref": "#short"}}), "/x")
    if version == "3.1.0":
        assert translator.odd == []
        assert refused(root, {"x": "abcd"}) == ["`x` does not satisfy `maxLength: 3` of the contract"]
    else:
        assert translator.odd == [
            ("/x/properties/x", "refers to #short, which is no pointer into the file: one begins with `#/`")
        ]
        assert refused(root, {"x": "abcd"}) == []


def test_an_anchor_that_is_not_there_is_named() -> None:
    translator = Translator({"openapi": "3.1.0", "x": {"$anchor": 3}})
    translator.whole({"$ref": "#short"}, "/x")
    assert translator.odd == [
        ("/x", "refers to #short, which is no pointer into the file: one begins with `#/`")
    ]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"contains": True}, [[1], ["a", 2]], [[]]),
        ({"contains": False}, [], [[], [1]]),
        ({"contains": True, "minContains": 2}, [[1, 2]], [[], [1]]),
        ({"contains": True, "minContains": 0, "maxContains": 1}, [[], [1]], [[1, 2]]),
        ({"unevaluatedItems": False}, [[]], [[1]]),
        ({"unevaluatedItems": TEXT}, [[], ["a"]], [[1], ["a", 1]]),
        ({"prefixItems": [TEXT], "unevaluatedItems": False}, [[], ["a"]], [["a", "b"], [1]]),
        ({"prefixItems": [TEXT], "unevaluatedItems": {"type": "integer"}}, [["a", 1]], [["a", "b"]]),
        ({"items": TEXT, "unevaluatedItems": False}, [["a", "b"]], [[1]]),
    ],
)  # fmt: skip
def test_what_items_of_a_list_must_be_is_judged(schema: Any, good: list[Any], bad: list[Any]) -> None:
    root = translated({"type": "array", **schema}, version="3.1.0")
    for value in good:
        assert refused(root, value) == []
    for value in bad:
        assert refused(root, value)


def test_items_that_something_else_may_describe_are_not_judged_and_that_is_said() -> None:
    translator = Translator({"openapi": "3.1.0"})
    root = translator.whole(
        {"type": "array", "allOf": [{"prefixItems": [TEXT]}], "unevaluatedItems": False}, "/x"
    )
    assert refused(root, ["a", 1]) == []
    assert translator.odd == [
        ("/x/unevaluatedItems", "is beside what may describe items: it was not checked")
    ]
