"""A deployed action, message or endpoint → the file that compiles to the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.documents.yaml_text import block_text
from callsheet.errors import CallsheetError
from callsheet.importing.guesses import constant
from callsheet.language.difference import value_at
from callsheet.language.urls import secret_url
from callsheet.language.when_empty import WHEN_EMPTY, members

_METADATA = ("name", "title", "description", "owner", "labels")
_ENVIRONMENT = b"""apiVersion: callsheet/v1
kind: Environment
metadata: {name: here}
spec: {target: {type: sqlite, path: .callsheet/here.db}}
"""


class Described(Struct, frozen=True):
    """What defines a deployed object: its document, and the text of the template file of its payload."""

    document: dict[str, Any]
    template: str | None = None

    def naming(self, file: str) -> dict[str, Any]:
        """Return the document, whose payload is read from this template file where there is one."""
        if self.template is None:
            return self.document
        spec = self.document["spec"]
        request = {**spec["request"], "payloadFile": file}
        return {**self.document, "spec": {**spec, "request": request}}


def definition_texts(
    compiled: Mapping[str, Any], digest: str, name: str, template_file: str
) -> tuple[str, str | None]:
    """Return the text of a file that defines a deployed object, and that of its template file.

    Args:
        compiled: what is deployed.
        digest: of it; the file must compile to the same.
        name: under which it is deployed.
        template_file: where a template file would be, relative to the workspace.

    Raises:
        CallsheetError: CS844 for what no file can describe, such as the values of a template file.

    """
    described = described_by(compiled)
    document = described.naming(template_file)
    kind = document["kind"]
    text = block_text(document)
    files = {"here.yaml": _ENVIRONMENT, "adopted.yaml": text.encode()}
    if described.template is not None:
        files[template_file] = described.template.encode()
    result = compile_workspace(MemorySource(files))
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
    return text, described.template


def described_by(compiled: Mapping[str, Any]) -> Described:
    """Return what defines a deployed object, as far as files can.

    Raises:
        CallsheetError: CS844 for what no file can describe, such as the values of a template file.

    """
    kind = compiled.get("kind", "Action")
    spec = {key: value for key, value in compiled.items() if key not in (*_METADATA, "kind", "protect")}
    template = _whole_template(spec)
    if template is not None:
        spec["request"] = {key: one for key, one in spec["request"].items() if key != "payload"}
    spec = {key: written(value) if key in TEMPLATED else value for key, value in spec.items()}
    if compiled.get("protect"):
        spec["lifecycle"] = {"protect": True}
    document = {
        "apiVersion": "callsheet/v1",
        "kind": kind,
        "metadata": {key: compiled[key] for key in _METADATA if key in compiled},
        "spec": spec,
    }
    return Described(document, template)


def _whole_template(spec: Mapping[str, Any]) -> str | None:
    """Return the text of the template file of a payload that reads nothing but parameters; else None.

    The values and the fragments of another are no longer separate from it.
    """
    kept = value_at(spec, ("request", "payload", "$template"))
    if not isinstance(kept, dict) or kept.get("names") or kept.get("fragments"):
        return None
    return kept["text"] if isinstance(kept.get("text"), str) else None


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
            "the payload comes from a template file, and the values that it reads are not separate from it",
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
