"""A document against the JSON Schema of its kind: fast by Rust, worded by us.

The compiled validator (jsonschema-rs) says whether a document is valid; only for one that is not
does the Python validator (jsonschema) list the faults, which are then worded here, so that no
message repeats a value that could be a secret.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from callsheet.documents import Document, Path, Problem
from callsheet.language.catalog import Spots
from callsheet.language.kinds import KINDS
from callsheet.words import nearest

if TYPE_CHECKING:
    import jsonschema_rs

At = Callable[[str], Spots]
"""Returns, for a code, what makes problems at the places of a document."""

API_VERSION = "callsheet/v1"
_TYPE_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@cache
def schema_text(name: str) -> str:
    """Return the text of a schema by its name, as `action` or `plan`."""
    return (files("callsheet") / "schemas" / f"{name}.schema.json").read_text("utf-8")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema by its name, parsed."""
    parsed: dict[str, Any] = json.loads(schema_text(name))
    return parsed


def schema_names() -> list[str]:
    """List the names of all schemas, sorted."""
    entries = (files("callsheet") / "schemas").iterdir()
    suffix = ".schema.json"
    return sorted(entry.name.removesuffix(suffix) for entry in entries if entry.name.endswith(suffix))


@cache
def fast_validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema for the Rust validator."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(name))


def check_document(document: Document) -> list[Problem]:
    """Return what is wrong with a document's shape; an empty list where it is valid."""

    def at(code: str) -> Spots:
        return Spots(code, document)

    value = document.value
    if not isinstance(value, dict):
        return [
            at("CS211").value(
                (),
                f"a document must be a mapping, and this is {_kind_of(value)}",
                do="write apiVersion, kind, metadata and spec, or name the file in .callsheetignore",
            )
        ]
    problems = list(_check_head(at, value))
    return problems or check_value(at, value, KINDS[value["kind"]].schema)


def check_value(at: At, value: Any, name: str) -> list[Problem]:
    """Return what is wrong with a value against a named schema, at the places that `at` returns."""
    if fast_validator(name).is_valid(value):
        return []
    from jsonschema import Draft202012Validator

    found = [
        problem
        for error in Draft202012Validator(schema(name)).iter_errors(value)
        for problem in _word(error, at)
    ]
    unique = {(one.code, one.file, one.span, one.message): one for one in found}
    return sorted(unique.values(), key=lambda one: (one.file, one.span, one.code))


def _check_head(at: At, value: dict[str, Any]) -> Iterator[Problem]:
    """Check apiVersion and kind: without them no schema can be chosen."""
    for field, code, known in (
        ("apiVersion", "CS202", [API_VERSION]),
        ("kind", "CS201", list(KINDS)),
    ):
        if field not in value:
            misspelt = difflib.get_close_matches(field, list(value), n=1)
            hint = f" (`{misspelt[0]}` is not known: did you mean `{field}`?)" if misspelt else ""
            yield at("CS204").key(
                (misspelt[0],) if misspelt else (),
                f"`{field}` is missing{hint}",
                do=f"write `{field}: {known[0]}`, or name the file in .callsheetignore",
            )
        elif value[field] not in known:
            shown = value[field] if isinstance(value[field], str) else _kind_of(value[field])
            yield at(code).value(
                (field,),
                f"`{field}` is `{shown[:60]}`, which this callsheet does not know" + nearest(shown, known),
                do=f"write one of: {', '.join(known)}",
            )


def _word(error: Any, at: At) -> Iterator[Problem]:
    """Turn one error of the Python validator into problems of ours."""
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(error, at, path)
    elif keyword == "additionalProperties":
        yield from _unknown_fields(error, at, path)
    elif keyword == "required":
        yield from _missing(error, at, path)
    elif keyword in ("anyOf", "oneOf"):
        yield from _alternatives(error, at, path)
    else:
        code, message, way_out = _simple(error, path)
        yield at(code).value(path, message, do=way_out)


def _unknown_fields(error: Any, at: At, path: Path) -> Iterator[Problem]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key in known or key.startswith("x-"):
            continue
        yield at("CS203").key(
            (*path, key),
            f"{_named(path)} has no field `{key[:80]}`" + nearest(key, known),
            do=f"the fields are: {', '.join(known)}; a field of your own begins with `x-`",
        )


def _bad_name(error: Any, at: At, path: Path) -> Problem:
    """Word a failure of `propertyNames`, whose instance is the name itself."""
    name = str(error.instance)
    allowed = next(
        (list(option["enum"]) for option in error.schema.get("anyOf", ()) if "enum" in option), None
    )
    if allowed is not None:
        return at("CS203").key(
            (*path, name),
            f"{_named(path)} has no field `{name[:80]}` with this type" + nearest(name, allowed),
            do=f"the fields are: {', '.join(allowed)}",
        )
    return at("CS212").key(
        (*path, name),
        f"`{name[:80]}` cannot be a name in {_named(path)}",
        do=f"names there match {error.schema.get('pattern', 'another form')}",
    )


def _missing(error: Any, at: At, path: Path) -> Iterator[Problem]:
    known = error.schema.get("properties", {})
    for field in error.validator_value:
        if field in error.instance:
            continue
        description = known.get(field, {}).get("description", "")
        yield at("CS204").key(
            path,
            f"{_named(path)} lacks `{field}`",
            do=f"add `{field}`" + (f": {description}" if description else ""),
        )


def _alternatives(error: Any, at: At, path: Path) -> Iterator[Problem]:
    """Word `anyOf`: the one alternative of the instance's own type, or the list of types."""
    fitting = [
        inner
        for inner in error.context or ()
        if not (inner.validator == "type" and not inner.relative_path)
    ]
    if len({inner.schema_path[0] for inner in fitting}) == 1:
        for inner in fitting:
            yield from _word(inner, at)
        return
    types: list[str] = []
    for inner in error.context or ():
        if inner.validator == "type":
            types += _listed(inner.validator_value)
    expected = " or ".join(dict.fromkeys(_TYPE_NAMES[one] for one in types))
    yield at("CS205" if types else "CS210").value(
        path,
        f"{_named(path)} is {_kind_of(error.instance)}"
        + (f", not {expected}" if expected else ", and matches none of the forms that it can have"),
        do=str(error.schema.get("description", "run `callsheet schema` to see its schema")),
    )


def _simple(error: Any, path: Path) -> tuple[str, str, str]:
    """Word an error of a keyword that looks at one value: code, message, what to do."""
    limit = error.validator_value
    here = _named(path)
    described = str(error.schema.get("description", "")) if isinstance(error.schema, dict) else ""
    match str(error.validator):
        case "type":
            expected = " or ".join(_TYPE_NAMES[one] for one in _listed(limit))
            return (
                "CS205",
                f"{here} is {_kind_of(error.instance)}, not {expected}",
                (described or f"write {expected}"),
            )
        case "enum" | "const":
            allowed = [one if isinstance(one, str) else json.dumps(one) for one in _listed(limit)]
            near = nearest(error.instance, allowed) if isinstance(error.instance, str) else ""
            return (
                "CS206",
                f"{here} has a value that is not allowed{near}",
                (f"write one of: {', '.join(allowed)}"),
            )
        case "pattern" | "format" if path[-1:] == ("name",) or path[-1:] == ("extends",):
            return "CS212", f"{here} is not a name", "use letters, digits and _, at most 30 of them"
        case "pattern" | "format":
            words = _FORMS.get(str(limit))
            if words is not None:
                return "CS207", f"{here} {words[0]}", f"{words[1]}: {described}" if described else words[1]
            return "CS207", f"{here} does not have the form {limit}", described or "correct it"
        case "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "uniqueItems":
            return (
                "CS208",
                f"{here} does not satisfy {error.validator} {json.dumps(limit)}",
                described or "correct it",
            )
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf":
            return (
                "CS209",
                f"{here} does not satisfy {error.validator} {limit}",
                described or "correct it",
            )
        case "not":
            return "CS210", f"{here} is not allowed here", described
        case _:
            return (
                "CS210",
                f"{here} does not satisfy `{error.validator}` of its schema",
                (described or "run `callsheet schema` to see its schema"),
            )


_FORMS = {
    "^/": ("does not begin with `/`", "a path begins with `/`"),
    "^[/?]": ("does not begin with `/` or `?`", "a path begins with `/`, or with the `?` of a query"),
}
"""What is wrong by a pattern that people know by a name, and what to do."""


def _named(path: Path) -> str:
    """Name a place: `spec.request.url`, `spec.tests[0]`, or the document."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"`{text.lstrip('.')}`" if text else "the document"


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {dict: "a mapping", list: "a list", str: "a string", int: "an integer", float: "a number"}
    return names[type(value)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
