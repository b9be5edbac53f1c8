"""Kind Action: a document → the typed definition of one connection to a system; what Message shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

from msgspec import Struct

from callsheet.documents import Document, Path
from callsheet.language.addresses import Address
from callsheet.language.connection import NO_PARTS, Connection, Parts
from callsheet.language.content import DefinitionHead
from callsheet.language.layers import Expanded, Layer, Written, assembled, with_fragments, written
from callsheet.language.merge import holds
from callsheet.language.origin import Origin

Text = str | dict[str, str]
"""A text, or one text by language."""


class Parameter(Struct, frozen=True, kw_only=True):
    """A value that a journey passes when it calls the action.

    Attributes:
        type: string, integer, number, boolean, datetime, date, array or object.
        when_missing: what becomes of a field whose whole value is this optional parameter.
        sensitivity: which kind of personal datum it is, or None.
        constraints: the JSON Schema keywords that its declaration contains.

    """

    name: str
    type: str
    label: Text | None
    optional: bool
    when_missing: str | None
    sensitivity: str | None
    example: Any
    constraints: dict[str, Any]


class Definition:
    """What is deployed, as its file defines it, before any environment: an action or a message.

    What is not in its head is read from the document when it is first asked for.

    Attributes:
        name: its name.
        metadata: the document's `metadata`, with what its connection says for all of its actions.
        renamed_from: the name that it had before, or None.
        names_connection: the name of its connection, as it is written, or None.
        environments: the only ones that deploy it, by name, with those that extend them; None for any.
        parts: what it may name: connections and fragments.

    """

    kind: ClassVar[str] = ""
    in_head: ClassVar[tuple[str, ...]] = ()
    """Fields of the spec that are known without reading the document; arguments of the constructor."""

    def __init__(self, origin: Origin, metadata: dict[str, Any], renamed_from: str | None) -> None:
        self.origin = origin
        self.name: str = metadata["name"]
        self.metadata = metadata
        self.renamed_from = renamed_from
        self.names_connection: str | None = None
        self.environments: tuple[str, ...] | None = None
        self.parts = NO_PARTS

    @classmethod
    def read(cls, origin: Origin, parts: Parts = NO_PARTS) -> Self:
        """Return what a document of this kind, or a row of a set, valid by its schema, defines.

        Args:
            origin: the document, or the set's with the row.
            parts: what it may name: a connection that is not there is left out.

        """
        spec, metadata = origin.value["spec"], origin.value["metadata"]
        name: str | None = spec.get("connection")
        connection = parts.connections.get(name or "")
        if connection is not None:
            metadata = connection.completed(metadata)
            spec = assembled((connection.layer, _own_layer(origin)))
        renamed_from = (spec.get("lifecycle") or {}).get("renamedFrom")
        found = cls(origin, metadata, renamed_from, *map(spec.get, cls.in_head))
        found.names_connection, found.parts = name, parts
        found.environments = _each(spec.get("environments"))
        return found

    @classmethod
    def from_head(cls, origin: Origin, head: Mapping[str, Any], parts: Parts = NO_PARTS) -> Self:
        """Return the definition that has this head; the document is read when more is asked of it."""
        fields = [head[field] for field in cls.in_head]
        found = cls(origin, head["metadata"], head["renamedFrom"], *fields)
        found.names_connection, found.parts = head.get("connection"), parts
        found.environments = _each(head.get("environments"))
        return found

    def head(self) -> DefinitionHead:
        """Return what is known of it without reading its document, as JSON."""
        head: DefinitionHead = {
            "metadata": self.metadata,
            "renamedFrom": self.renamed_from,
            "parameters": list(self.parameters),
        }
        if self.names_connection is not None:
            head["connection"] = self.names_connection
        if self.environments is not None:
            head["environments"] = list(self.environments)
        if len(self.layers) > 1:
            own = self.origin.value["spec"].get("parameters") or {}
            head["inherited"] = [name for name in self.parameters if name not in own]
        if self.origin.row is not None:
            head["row"] = self.origin.row.record()
        return {**head, **{field: getattr(self, field) for field in self.in_head}}  # type: ignore[typeddict-item]

    @property
    def document(self) -> Document:
        """The document that defines it; of a row, the set's."""
        return self.origin.document

    @property
    def item(self) -> dict[str, Any] | None:
        """The fields of its row; None without one."""
        return None if self.origin.row is None else self.origin.row.item

    @classmethod
    def is_whole(cls, compiled: Mapping[str, Any]) -> bool:
        """Return whether a deployed object has what reports show of this kind, or was broken by hand."""
        return compiled.get("kind") == cls.kind

    @property
    def connection(self) -> Connection | None:
        """What its fields lie over; None without one, and where there is none of that name."""
        return self.parts.connections.get(self.names_connection or "")

    @cached_property
    def own(self) -> Expanded:
        """What its own document says, with the fragments that it names."""
        return self.with_fragments(_own_layer(self.origin))

    @property
    def fragments(self) -> frozenset[str]:
        """The names of the fragments that it names, by itself."""
        return frozenset() if self.own.expansion is None else frozenset(self.own.expansion.used)

    def with_fragments(self, layer: Layer) -> Expanded:
        """Return a layer of its own form, or an overlay of it, with the fragments that it names."""
        parts = self.parts
        return with_fragments(layer, parts.fragments, parts.invalid_of("Fragment"), parts.read_named)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What it is made of, lowest first: its connection's fields, its fragments' parameters, its own."""
        own = self.own.layers
        return own if self.connection is None else (self.connection.layer, *own)

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The `spec`: as the document writes it, over what its connection says."""
        return assembled(self.layers)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the files that it is made of."""
        fragments = [self.parts.fragments[one] for one in sorted(self.fragments & {*self.parts.fragments})]
        return (*(one.document.text for one in self.layers), *(one.document.text for one in fragments))

    def written_metadata(self, path: Path, offset: int = 0) -> Written:
        """Return where a field of the metadata is written: in its document, or in its connection's."""
        above = self.connection
        if (
            above is not None
            and not holds(self.origin.value["metadata"], path)
            and holds(above.metadata, path)
        ):
            return Written(above.document, ("metadata", *path), offset)
        return Written(self.document, (*self.origin.root, "metadata", *path), offset)

    def written(self, path: Path, offset: int = 0) -> Written:
        """Return where a field of the spec is written, in which document."""
        return written(self.layers, path, offset)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The declared parameters, by name."""
        return read_parameters(self.spec.get("parameters") or {})

    @property
    def labels(self) -> dict[str, str]:
        """The labels, by name."""
        return self.metadata.get("labels") or {}

    @property
    def owner(self) -> str | None:
        """The team that answers for it."""
        return self.metadata.get("owner")

    @property
    def at(self) -> Address:
        """The kind and the name."""
        return Address(self.kind, self.name)

    @cached_property
    def address(self) -> str:
        """The identity in plans: `Action/name`."""
        return f"{self.kind}/{self.name}"


class Action(Definition):
    """One action.

    Attributes:
        contract: the vendor's description of the call, as the document names it, or None.

    """

    kind = "Action"
    in_head = ("contract",)

    def __init__(
        self,
        origin: Origin,
        metadata: dict[str, Any],
        renamed_from: str | None,
        contract: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(origin, metadata, renamed_from)
        self.contract = contract

    @classmethod
    def is_whole(cls, compiled: Mapping[str, Any]) -> bool:
        """Return whether it has a request with a URL."""
        return isinstance(compiled.get("request"), dict) and "url" in compiled["request"]


def _each(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _own_layer(origin: Origin) -> Layer:
    return Layer(origin.document, (*origin.root, "spec"), origin.value["spec"])


CONSTRAINTS = (
    "enum",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "format",
    "items",
)
"""The fields of a declaration that say which values a parameter may have."""


def read_parameters(declared: dict[str, Any]) -> dict[str, Parameter]:
    """Return the parameters of a `parameters` map, in the order in which they are written."""
    return {name: _parameter(name, fields) for name, fields in declared.items()}


def _parameter(name: str, fields: dict[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        type=fields["type"],
        label=fields.get("label"),
        optional=fields.get("optional", False),
        when_missing=fields.get("whenMissing", "drop"),
        sensitivity=fields.get("sensitivity"),
        example=fields.get("example"),
        constraints={key: fields[key] for key in CONSTRAINTS if key in fields},
    )


def in_language(text: Text | None, language: str) -> str:
    """Return a text in a language; else in English, else in the first language that it has."""
    if text is None or isinstance(text, str):
        return text or ""
    base = language.split("-", maxsplit=1)[0]
    for wanted in (language, base, "en"):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))


def label_of(declared: Mapping[str, Any], name: str, language: str = "en") -> str:
    """Return the label of a parameter in the journey tool: its own, where no other has the same."""
    label = in_language(declared.get(name, {}).get("label"), language) or name
    others = {it: in_language(one.get("label"), language) for it, one in declared.items() if it != name}
    return name if label in others.values() or label in others else label
