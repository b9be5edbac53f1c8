"""A deployed action, message or endpoint → the file that compiles to the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from callsheet.compiling import compile_workspace
from callsheet.documents import MemorySource
from callsheet.documents.yaml_text import Dumper
from callsheet.errors import CallsheetError
from callsheet.importing.guesses import constant
from callsheet.language.urls import secret_url
from callsheet.language.when_empty import WHEN_EMPTY, members

_METADATA = ("name", "title", "description", "owner", "labels")
_ENVIRONMENT = b"""apiVersion: callsheet/v1
kind: Environment
metadata: {name: here}
spec: {target: {type: sqlite, path: .callsheet/here.db}}
"""


def definition_text(compiled: Mapping[str, Any], digest: str, name: str) -> str:
    """Return the text of a file that defines a deployed action, message or endpoint.

    Args:
        compiled: what is deployed.
        digest: of it; the file must compile to the same.
        name: under which it is deployed.

    Raises:
        CallsheetError: CS844 for what no file can describe, such as the values of a template file.

    """
    document = document_of(compiled)
    kind = document["kind"]
    text = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    source = MemorySource({"here.yaml": _ENVIRONMENT, "adopted.yaml": text.encode()})
    result = compile_workspace(source)
    if any(one.code == "CS601" for one in result.errors):
        raise CallsheetError(
            "CS844",
            f"{kind}/{name} contains what looks like a credential",
            help="replace it with a reference at the target, revoke the credential, and adopt again",
        )
    found = result.by_environment.get("here", {})
    # A message's action is not there: only what the file itself says is compared.
    same = [one for one in found.values() if one.digest == digest]
    if not same:
        raise CallsheetError(
            "CS844",
            f"no file can describe {kind}/{name}: it does not compile to the same again",
            help="write its file by hand, and plan to see the difference",
        )
    return text


def document_of(compiled: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that defines a deployed object, as far as a file can.

    Raises:
        CallsheetError: CS844 for what no file can describe, such as the values of a template file.

    """
    kind = compiled.get("kind", "Action")
    spec = {key: value for key, value in compiled.items() if key not in (*_METADATA, "kind", "protect")}
    spec = {key: written(value) if key in TEMPLATED else value for key, value in spec.items()}
    if compiled.get("protect"):
        spec["lifecycle"] = {"protect": True}
    return {
        "apiVersion": "callsheet/v1",
        "kind": kind,
        "metadata": {key: compiled[key] for key in _METADATA if key in compiled},
        "spec": spec,
    }


TEMPLATED = (
    *("request", "authentication"),
    *("via", "to", "replyTo", "language", "from", "unsubscribe", "content"),
)
"""The fields of a definition whose texts are read as templates."""


def written(node: Any) -> Any:
    """Return a compiled value, of a field that is read as a template, as its author would write it.

    Raises:
        CallsheetError: CS844 for what a template file makes, and for what is not a compiled value.

    """
    if isinstance(node, str):
        return constant(node)
    if isinstance(node, list):
        return [written(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$secret" in node:
        return {"secret": node["$secret"]}
    whole = secret_url(node)
    if whole is not None:
        rest = "".join(map(_template, node["$concat"][2:]))
        host = whole.head.removeprefix("https://").removesuffix("/")
        return {"secret": whole.reference, "host": host, **({"path": rest} if rest else {})}
    if WHEN_EMPTY in node:
        return {WHEN_EMPTY: node[WHEN_EMPTY], **_fields(node)}
    if isinstance(node.get("$literal"), dict):
        return _fields(node)
    if "$template" in node:
        raise CallsheetError(
            "CS844",
            "the payload comes from a template file, and its values cannot be separated from it",
            help="write the file by hand, and plan to see the difference",
        )
    if any(one in node for one in ("$param", "$concat", "$expr")):
        try:
            return _template(node)
        except (AttributeError, KeyError, TypeError):
            raise CallsheetError(
                "CS844",
                "it contains a slot that no template writes",
                help="it was changed at the target: write the file by hand, or apply to overwrite it",
            ) from None
    if set(node) == {"secret"}:
        return node
    return _fields(node)


def _fields(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: written(one) for key, one in members(node).items()}


def _template(node: Any) -> str:
    if isinstance(node, str):
        return constant(node)
    if "$concat" in node:
        return "".join(map(_template, node["$concat"]))
    if "$expr" in node:
        return f"{{{{ {node['$expr']} }}}}"
    filters = "".join(f" | {_filter(one)}" for one in node.get("filters", ()))
    return f"{{{{ params.{node['$param']}{filters} }}}}"


def _filter(one: Any) -> str:
    if isinstance(one, str):
        return one
    arguments = ", ".join(json.dumps(it, ensure_ascii=False) for it in one["args"])
    return f"{one['filter']}({arguments})"
