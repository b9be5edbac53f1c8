"""CS807 to CS809: REST collections as targets, described by documents of kind Target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.subjects import Facts
from callsheet.language.target import collection_named, fields_of_body, is_one_way, one_field
from callsheet.words import nearest


@rule("CS807", "unknown-collection", on="workspace")
def unknown_collection(facts: Facts, code: str) -> Iterator[Problem]:
    """A target of type http must name a document of kind Target, which describes the service.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: hooks}
        spec:
          target: {type: http, collection: hoks, url: {secret: "env:HOOKS_URL"}}
          ledger: {type: sqlite, path: .callsheet/hooks.db}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: hooks}
        spec: {target: {type: sqlite, path: .callsheet/hooks.db}}
    """
    for environment in facts.resolved:
        name = collection_named(environment)
        if name is not None and name not in facts.targets:
            yield Spots(code, environment.document).key(
                ("spec", "target"),
                f"there is no Target `{name}`" + nearest(name, facts.targets),
                do="name a document of kind Target by `collection`",
            )


@rule("CS808", "body-not-invertible", on="document")
def body_not_invertible(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A field of a Target's body must be a constant, or contain one field of the action.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }} of {{ action.owner }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    Good:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "shop: {{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    for path, leaf in fields_of_body(spec_of_target(value).get("body")):
        if isinstance(leaf, str) and "{{" in leaf and _field_of_action(leaf) is None:
            yield at.value(
                ("spec", "body", *path),
                "the action cannot be read back from this value",
                do="write a constant, or one `{{ action.name }}` with `| tojson` or text around it",
            )


def spec_of_target(value: dict[str, Any]) -> dict[str, Any]:
    """Return the spec of a Target; an empty one for another kind, and for what the schema refuses."""
    spec = value.get("spec")
    return spec if value.get("kind") == "Target" and isinstance(spec, dict) else {}


def _field_of_action(leaf: Any) -> str | None:
    """Return the dotted path of the one field of `action` in a leaf, empty for the whole; None without."""
    found = one_field(leaf) if isinstance(leaf, str) else None
    return found[2] if found is not None and found[1] == "action" else None


@rule("CS809", "target-incomplete", on="document")
def target_incomplete(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The parts of a Target must fit together: how an object is identified, written and read.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }}", url: "{{ action.request.url }}"}
          ifMatch: {header: ETag}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    Good:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          ifMatch: {header: ETag}
          list: {path: /hooks}
          read: {path: "/hooks/{id}"}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    spec = spec_of_target(value)
    if not isinstance(spec.get("body"), dict):
        return
    leaves = dict(fields_of_body(spec["body"]))
    if not any(_field_of_action(one) in ("", ".name") for one in leaves.values()):
        yield at.key(
            ("spec", "body"),
            "no field of the body identifies the action of an object",
            do="write `{{ action.name }}`, or the whole `{{ action }}`, into one of its fields",
        )
    for path, leaf in leaves.items():
        if is_one_way(leaf) and not spec.get("partial"):
            yield at.key(
                ("spec", "body", *path),
                "the action cannot be read back from `$each` and `$choose`",
                do="set `partial: true`: the rest of an action is then taken from the ledger",
            )
    if "read" not in spec:
        yield from _without_read(spec, at)


def _without_read(spec: dict[str, Any], at: Spots) -> Iterator[Problem]:
    do = 'write `read: {path: "/things/{id}"}`'
    if isinstance(spec.get("ifMatch"), dict) and "header" in spec["ifMatch"]:
        yield at.key(
            ("spec", "ifMatch"),
            "the header comes with the answer for one object, and `read` is missing",
            do=do,
        )
    listing = spec.get("list")
    if isinstance(listing, dict) and listing.get("complete") is False:
        yield at.key(
            ("spec", "list", "complete"), "each object has to be read, and `read` is missing", do=do
        )
