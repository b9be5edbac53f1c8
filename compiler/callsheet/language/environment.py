"""Kind Environment: documents → resolved environments, with what they extend merged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from callsheet.documents import Document, Path, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, in_file
from callsheet.language.layers import Expanded, Layer, Written, assembled, written
from callsheet.language.merge import merged
from callsheet.language.overlay import Overlays
from callsheet.language.pieces import in_piece
from callsheet.language.selector import Selector


class Guards(Struct, frozen=True, kw_only=True):
    """What a plan may not do unasked.

    Attributes:
        max_update: the largest share of the deployed objects that one plan updates, in percent.
        max_delete: the same for deletions.
        minimum: with fewer deployed objects than this, the two shares do not count.
        require_accept: impact classes or reason codes that need `--accept`.

    """

    max_update: int = 30
    max_delete: int = 30
    minimum: int = 10
    require_accept: tuple[str, ...] = ()


class Approvals(Struct, frozen=True, kw_only=True):
    """Whose signatures a plan needs before it is applied.

    Attributes:
        count: how many, of different people.
        signers: the file of allowed signers, relative to the workspace.
        not_author: whether an author may not approve their own commits.

    """

    count: int = 0
    signers: str = "allowed_signers"
    not_author: bool = False


class Environment(Struct, frozen=True, kw_only=True):
    """One environment with everything that it extends merged in.

    Attributes:
        chain: the documents that make it, the one named first, then what it extends.
        values: what templates read as `values`.
        target: the target's `type` and options; None for an abstract environment.
        ledger: the ledger's, by default the target's own.
        confirmers: who may confirm what was done by hand; none is needed where its count is 0.
        allow_send: may `callsheet send` call with what it deploys?
        collection: the document of kind Target that the target names.
        overlays: of each document of the chain that has some, that of what it extends first.

    """

    name: str
    chain: tuple[Document, ...]
    values: dict[str, Any]
    select: Selector
    target: dict[str, Any] | None
    ledger: dict[str, Any] | None
    guards: Guards
    approvals: Approvals = Approvals()
    confirmers: Approvals = Approvals()
    allow_send: bool = False
    collection: Document | None = None
    overlays: tuple[Overlays, ...] = ()

    @property
    def document(self) -> Document:
        """The environment's own document."""
        return self.chain[0]

    @property
    def manual(self) -> bool:
        """Whether its steps are done by hand, on a screen, and confirmed."""
        return self.target is not None and self.target.get("type") == "journey-optimizer"

    @property
    def relay(self) -> dict[str, Any] | None:
        """The relay that calls what no journey can, as the target names it; None where there is none."""
        found: dict[str, Any] | None = (self.target or {}).get("relay") if self.manual else None
        return found

    @property
    def abstract(self) -> bool:
        """Whether it is only there to be extended."""
        return self.target is None

    def expanded_overlays(self, action: Definition) -> list[Expanded]:
        """Return what lies over an action here, lowest first, each with the fragments that it names.

        Overlays of its connection come before its own, and those of an extended environment before both.
        """
        found: list[tuple[str, Layer]] = []
        for overlays in self.overlays:
            for overlay, form in overlays.for_definition(action):
                if overlay.fields is None:
                    found = [(name, one) for name, one in found if name != overlay.name]
                else:
                    layer = Layer(overlays.document, overlay.path, overlay.fields, form)
                    found.append((overlay.name, layer))
        return [
            action.with_fragments(one) if one.form == "definition" else Expanded(one) for _, one in found
        ]

    def overlays_of(self, action: Definition) -> tuple[Layer, ...]:
        """Return the layers of the overlays of an action, lowest first."""
        return tuple(layer for one in self.expanded_overlays(action) for layer in one.layers)

    def layers_of(self, action: Definition) -> tuple[Layer, ...]:
        """Return what an action is made of here, lowest first: its very own layers without an overlay."""
        overlays = self.overlays_of(action)
        return (*action.layers, *overlays) if overlays else action.layers

    def deploys(self, one: Definition) -> bool:
        """Return whether a definition is deployed here, by what this environment and it itself say."""
        if one.environments is not None:
            names = {link.value["metadata"]["name"] for link in self.chain}
            if names.isdisjoint(one.environments):
                return False
        return self.select.selects(one)

    def overlaid(self, action: Definition) -> dict[str, Any]:
        """Return the spec of an action with this environment's overlays merged over it."""
        layers = self.layers_of(action)
        return action.spec if layers is action.layers else assembled(layers)

    def written(self, action: Definition, path: Path, offset: int = 0) -> Written:
        """Return where a field of the overlaid spec is written: in which document, and where in it."""
        found = written(self.layers_of(action), path, offset)
        return _at_file(action, found)


def _at_file(definition: Definition, found: Written) -> Written:
    """Return a place with a payload that is in a template file at the name of that file."""
    root = (*definition.origin.root, "spec")
    parts = definition.parts
    inside = in_piece(found.path[len(root) :], parts.fragments, parts.invalid_of("Fragment"))
    if inside is not None:
        return inside
    if found.document is not definition.document or found.path[: len(root)] != root:
        return found
    return found._replace(path=(*root, *in_file(found.document, root, found.path[len(root) :])))


class DefinitionSpots(Spots, frozen=True):
    """Makes problems at the places of a definition: in its file, its connection's, or an environment's.

    Attributes:
        definition: whose.
        environment: whose overlays lie over it; None for the definition by itself.

    """

    definition: Definition | None = None
    environment: Environment | None = None

    def where(self, path: Path, offset: int = 0) -> Written:
        """Return where a field of the spec, or of the metadata, is written."""
        if path[:1] in _METADATA_FIELDS or self.definition is None:
            if self.definition is not None:
                return self.definition.written_metadata(path, offset)
            return Written(self.document, ("metadata", *path), offset)
        if self.environment is not None:
            return self.environment.written(self.definition, path, offset)
        return _at_file(self.definition, self.definition.written(path, offset))

    def also(self, document: Document) -> tuple[Related, ...]:
        """Return the row that fills the template in, where the problem is in that."""
        row = self.definition.origin.row if self.definition is not None else None
        return (row.related,) if row is not None and document is self.document else ()


_METADATA_FIELDS = (("name",), ("title",), ("description",), ("owner",), ("labels",))


def overlaid_spots(code: str, action: Definition, environment: Environment) -> DefinitionSpots:
    """Make problems of one code at the places of an action as an environment overlays it."""
    return DefinitionSpots(code, action.document, (), action, environment)


def own_spots(code: str, action: Definition) -> DefinitionSpots:
    """Make problems of one code at the places of an action, before any environment."""
    return DefinitionSpots(code, action.document, (), action)


class Chain(Struct, frozen=True):
    """An environment and what it extends, as far as that leads.

    Attributes:
        documents: the environment's own, then what each extends.
        missing: the name at which it ends, of an environment that is not there.
        repeated: the name at which it ends, of an environment that it has already.

    """

    documents: tuple[Document, ...]
    missing: str | None = None
    repeated: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it ends with an environment that extends none."""
        return self.missing is None and self.repeated is None


def chain_of(name: str, documents: Mapping[str, Document]) -> Chain:
    """Return the chain of an environment, of documents of kind Environment by name."""
    found: dict[str, Document] = {}
    current: str | None = name
    while current is not None:
        if current in found:
            return Chain(tuple(found.values()), repeated=current)
        if current not in documents:
            return Chain(tuple(found.values()), missing=current)
        found[current] = documents[current]
        current = found[current].value["spec"].get("extends")
    return Chain(tuple(found.values()))


def resolve_environments(documents: Mapping[str, Document]) -> list[Environment]:
    """Resolve `extends`; environments whose chain is broken are left out."""
    chains = (chain_of(name, documents) for name in documents)
    return [_resolve(one.documents[0], one.documents) for one in chains if one.is_whole]


def _resolve(document: Document, chain: tuple[Document, ...]) -> Environment:
    spec: dict[str, Any] = {}
    for link in reversed(chain):
        own = dict(link.value["spec"])
        if link is not document:
            own.pop("target", None)
            own.pop("ledger", None)
        spec = merged(spec, own)
    target = document.value["spec"].get("target")
    return Environment(
        name=document.value["metadata"]["name"],
        chain=chain,
        overlays=tuple(Overlays(one) for one in reversed(chain) if one.value["spec"].get("overlays")),
        values=spec.get("values") or {},
        select=Selector.read(spec.get("select"), left_out=spec.get("except")),
        target=target,
        ledger=document.value["spec"].get("ledger") or target,
        guards=_guards(spec.get("guards") or {}),
        approvals=_approvals(spec.get("approvals")),
        confirmers=_approvals(spec.get("confirmers")),
        allow_send=document.value["spec"].get("allowSend", False),
    )


def _approvals(written: Any) -> Approvals:
    if not isinstance(written, dict):
        return Approvals(count=written or 0)
    standard = Approvals()
    return Approvals(
        count=written.get("count", 1),
        signers=written.get("signers", standard.signers),
        not_author=written.get("notAuthor", standard.not_author),
    )


def _guards(written: dict[str, Any]) -> Guards:
    standard = Guards()
    return Guards(
        max_update=_percent(written.get("maxUpdate"), standard.max_update),
        max_delete=_percent(written.get("maxDelete"), standard.max_delete),
        minimum=written.get("minimum", standard.minimum),
        require_accept=tuple(written.get("requireAccept", ())),
    )


def _percent(written: str | None, standard: int) -> int:
    return standard if written is None else int(written.rstrip("%"))
