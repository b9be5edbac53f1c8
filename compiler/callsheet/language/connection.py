"""Kind Connection: a document → a vendor's account, said once for all actions that name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from callsheet.documents import Document
from callsheet.language.fragment import Fragment, NamedInFile, ReadNamed
from callsheet.language.layers import Layer


class Connection(Struct, frozen=True):
    """A vendor's account."""

    document: Document

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document.value["metadata"]["name"])

    @property
    def metadata(self) -> dict[str, Any]:
        """The document's `metadata`."""
        found: dict[str, Any] = self.document.value["metadata"]
        return found

    @property
    def layer(self) -> Layer:
        """What lies under the fields of its actions."""
        return Layer(self.document, ("spec",), self.document.value["spec"], "connection")

    @property
    def required(self) -> list[str]:
        """The names of the parameters without which none of its actions can be called."""
        declared: dict[str, Any] = self.document.value["spec"].get("parameters") or {}
        return [name for name, one in declared.items() if not one.get("optional")]

    def completed(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Return the metadata of an action with what the connection says for all of its actions."""
        result = dict(metadata)
        if "owner" in self.metadata:
            result.setdefault("owner", self.metadata["owner"])
        if "labels" in self.metadata:
            result["labels"] = {**self.metadata["labels"], **(result.get("labels") or {})}
        return result


def _names_none(file: str) -> NamedInFile | None:  # noqa: ARG001
    """Return that a template file names no fragment, where no file is read."""
    return None


class Parts(Struct, frozen=True):
    """What definitions name and are made of, beside their own documents.

    Attributes:
        connections: by name.
        fragments: by name.
        invalid: the addresses of those that are there, and are not valid by their schema.
        read_named: returns the fragments that a template file names.

    """

    connections: Mapping[str, Connection] = field(default_factory=dict)
    fragments: Mapping[str, Fragment] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()
    read_named: ReadNamed = _names_none

    def invalid_of(self, kind: str) -> frozenset[str]:
        """Return the names of a kind that are there, and are not valid."""
        prefix = f"{kind}/"
        return frozenset(one.removeprefix(prefix) for one in self.invalid if one.startswith(prefix))


NO_PARTS = Parts()
