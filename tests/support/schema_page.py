"""The schemas → the tables of `schemas/README.md`: every kind and every field.

Run it to write the page again after a schema has changed: `python tests/support/schema_page.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
Row = tuple[str, str, str]

SCHEMAS = Path(__file__).parents[2] / "schemas"
PAGE = SCHEMAS / "README.md"
START = "<!-- from here on written by tests/support/schema_page.py -->\n"

# What the shared definitions are called in the column "value".
WORDS = {
    "name": "name",
    "text": "string, or strings by language",
    "labels": "labels",
    "secret": "secret reference",
    "duration": "duration",
}
# A group of at most so many fields is written again where it comes up again.
REPEATED = 3
CONTAINERS = ("properties", "items", "additionalProperties", "anyOf", "allOf")
ENVELOPE = ("apiVersion", "kind", "metadata")


def page() -> str:
    """Return the page as it should be: what is written by hand, then the tables."""
    by_hand, mark, _ = PAGE.read_text("utf-8").partition(START)
    assert mark, f"{PAGE.name} lacks the line that says where the tables start"
    return by_hand + START + tables()


def tables() -> str:
    """Return the tables of all schemas."""
    schemas = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
        for path in sorted(SCHEMAS.glob("*.schema.json"))
    }
    kinds = {
        name: one
        for name, one in schemas.items()
        if "kind" in one["properties"] and "spec" in one["properties"]
    }
    outputs = {name: one for name, one in schemas.items() if name not in kinds}
    shared = kinds["action"]
    envelope = _part(shared, set(ENVELOPE))
    envelope["properties"]["kind"] = {"type": "string", "description": "The kind, as `Action`."}
    parts = ["\n## Fields of every document\n", *_table(envelope, _Written())]
    written = _Written()
    for name, one in kinds.items():
        parts += [
            f"\n## {one['title']}\n",
            f"{one['description']} Schema: [`{name}.schema.json`]({name}.schema.json).\n",
        ]
        own = _part(one, set(one["properties"]) - _same(one, shared))
        parts += _table({**own, "patternProperties": {}}, written)
    parts += ["\n# Outputs\n", "What `-o json` prints, and the files that callsheet writes.\n"]
    for name, one in outputs.items():
        parts += [
            f"\n## {one['title']}\n",
            f"{one['description']} Schema: [`{name}.schema.json`]({name}.schema.json).\n",
        ]
        parts += _table(one, written)
    return "\n".join(parts) + "\n"


@dataclass
class _Written:
    """Groups of fields that have been written, by what they contain: the next kind refers to them."""

    places: dict[str, tuple[str, set[Row]]] = field(default_factory=dict)
    title: str = ""


def _same(one: Schema, shared: Schema) -> set[str]:
    """Return the top fields of a kind that are those of every document."""

    def bare(schema: Schema, key: str) -> Any:
        return {k: v for k, v in schema["properties"][key].items() if k not in ("const", "description")}

    return {key for key in ENVELOPE if bare(one, key) == bare(shared, key)}


def _part(schema: Schema, keys: set[str]) -> Schema:
    """Return a schema with some of its top fields only."""
    return {**schema, "properties": {k: v for k, v in schema["properties"].items() if k in keys}}


def _table(schema: Schema, written: _Written) -> list[str]:
    """Return the lines of one table, and below it what depends on a field's value."""
    written.title = schema["title"]
    below: list[str] = []
    rows = [
        f"| `{path}` | {value} | {meaning} |"
        for path, value, meaning in _rows(schema, schema, "", written, below)
    ]
    return ["| field | value | meaning |\n|---|---|---|", *rows, *below]


def _rows(schema: Schema, root: Schema, path: str, written: _Written, below: list[str]) -> Iterator[Row]:
    """Return the rows of the fields of an object: path, value, meaning."""
    required = schema.get("required", ())
    below += _by_value(schema, path)
    for key, one in schema.get("properties", {}).items():
        if one is False:
            continue
        here = f"{path}.{key}" if path else key
        yield here, _value(one, root) + (", required" if key in required else ""), _meaning(one, root)
        yield from _inside(one, root, here, written, below)
    for pattern, one in schema.get("patternProperties", {}).items():
        if not path or pattern != "^x-":  # said once, of the document
            yield (
                ("x-…" if pattern == "^x-" else f"{path}.{pattern}"),
                _value(one, root),
                _meaning(one, root),
            )


def _inside(one: Schema, root: Schema, here: str, written: _Written, below: list[str]) -> Iterator[Row]:
    """Return the rows of what a field contains; of a group that was written before, only what differs."""
    resolved = _resolved(one, root)
    if one.get("$ref", "").rpartition("/")[2] in WORDS:
        return
    content = _shape({key: resolved[key] for key in CONTAINERS if key in resolved})
    # Written as if nothing were before, so that two groups are compared field by field.
    rows = [
        (path.removeprefix(here), *rest) for path, *rest in _branches(resolved, root, here, _Written(), [])
    ]
    if len(rows) <= REPEATED or content not in written.places:
        place = f"`{here}` of [{written.title}](#{slug(written.title)})"
        written.places.setdefault(content, (place, set(rows)))
        yield from _branches(resolved, root, here, written, below)
        return
    place, before = written.places[content]
    yield f"{here}.…", "", f"The same fields as {place}."
    yield from (
        (here + path, value, meaning)
        for path, value, meaning in rows
        if (path, value, meaning) not in before
    )


def _shape(content: Any) -> str:
    """Return what a schema allows as one string, without the words that describe it."""

    def bare(one: Any) -> Any:
        if isinstance(one, dict):
            return {k: bare(v) for k, v in one.items() if k != "description" or not isinstance(v, str)}
        return [bare(it) for it in one] if isinstance(one, list) else one

    return json.dumps(bare(content), sort_keys=True)


def _branches(one: Schema, root: Schema, here: str, written: _Written, below: list[str]) -> Iterator[Row]:
    """Return the rows of an object's fields, of a list's items, and of a mapping's values."""
    for branch in (one, *one.get("anyOf", ())):
        if branch.get("$ref", "").rpartition("/")[2] in WORDS:
            continue
        if branch.get("properties"):
            yield from _rows(branch, root, here, written, below)
        for suffix, key in (("[]", "items"), (".NAME", "additionalProperties")):
            inner = branch.get(key)
            if isinstance(inner, dict):
                yield from _inside(inner, root, here + suffix, written, below)


def _by_value(schema: Schema, path: str) -> list[str]:
    """Return a table of the fields that depend on the value of another one, as `type`."""
    rows = []
    for one in schema.get("allOf", ()):
        conditions = {k: v["const"] for k, v in one["if"].get("properties", {}).items() if "const" in v}
        then = one.get("then", {})
        names = then.get("propertyNames", {})
        allowed = next((it["enum"] for it in names.get("anyOf", ()) if "enum" in it), None)
        if not conditions or not (then.get("required") or allowed):
            continue
        where = ", ".join(f"`{key}: {value}`" for key, value in conditions.items())
        takes = _codes(key for key in allowed if key not in conditions) if allowed else "as above"
        rows.append(f"| {where} | {_codes(then.get('required', ())) or 'nothing'} | {takes or 'nothing'} |")
    if not rows:
        return []
    return [
        f"\nWhich fields `{path}` needs and takes:\n",
        "| where | needs | takes |\n|---|---|---|",
        *rows,
    ]


def _codes(names: Any) -> str:
    return ", ".join(f"`{one}`" for one in names)


def _resolved(one: Schema, root: Schema) -> Schema:
    """Return a schema with its reference followed; what is written beside the reference wins."""
    name = one.get("$ref", "").rpartition("/")[2]
    return {**root["$defs"][name], **one} if name else one


def _value(one: Schema, root: Schema) -> str:
    """Return the words for what a field may be."""
    name = one.get("$ref", "").rpartition("/")[2]
    if name in WORDS:
        return WORDS[name]
    one = _resolved(one, root)
    if "const" in one:
        return f"`{json.dumps(one['const'])}`"
    if "enum" in one:
        return " or ".join(f"`{_plain(it)}`" for it in one["enum"])
    if "anyOf" in one and "type" not in one:
        return " or ".join(dict.fromkeys(_value(it, root) for it in one["anyOf"]))
    kinds = one.get("type", "anything")
    words = [_kind(kind, one, root) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(words) + _bounds(one)


def _kind(kind: str, one: Schema, root: Schema) -> str:
    if kind == "array":
        return f"list of {_value(one['items'], root)}" if one.get("items") else "list"
    if kind == "object":
        inner = one.get("additionalProperties")
        return (
            f"mapping of NAME to {_value(inner, root)}" if isinstance(inner, dict) and inner else "mapping"
        )
    return {"boolean": "true or false"}.get(kind, kind)


def _bounds(one: Schema) -> str:
    """Return the words for the least and the most."""
    for least, most, unit in (("minimum", "maximum", ""), ("minLength", "maxLength", " characters")):
        low, high = one.get(least), one.get(most)
        if high is not None:
            return f", {low or 0} to {high}{unit}"
        if low is not None and unit == "":
            return f", {low} or more"
        if "exclusiveMinimum" in one:
            return f", more than {one['exclusiveMinimum']}"
    return ""


def _meaning(one: Schema, root: Schema) -> str:
    """Return a field's description, its default and its first example, safe within a table."""
    one = _resolved(one, root)
    words = one.get("description", "")
    if "default" in one and "Default:" not in words:
        words += f" Default: `{_plain(one['default'])}`."
    examples = [it for it in one.get("examples", ()) if len(_plain(it)) < 60]
    if examples and "properties" not in one:
        words += f" Example: `{_plain(examples[0])}`."
    return words.strip().replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
