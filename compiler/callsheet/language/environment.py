"""Kind Environment: documents → resolved environments, with what they extend merged in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.documents import Document, Path
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, in_file
from callsheet.language.merge import holds, merged, merged_authentication
from callsheet.language.selector import Selector


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Whose signatures a plan needs before it is applied.

    Attributes:
        count: how many, of different people.
        signers: the file of allowed signers, relative to the workspace.
        not_author: whether an author may not approve their own commits.

    """

    count: int = 0
    signers: str = "allowed_signers"
    not_author: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment with everything that it extends merged in.

    Attributes:
        chain: the documents that make it, the one named first, then what it extends.
        values: what templates read as `values`.
        overlays: by name of action, the fields to merge over its spec; None for none of what it extends.
        target: the target's `type` and options; None for an abstract environment.
        ledger: the ledger's, by default the target's own.
        confirmers: who may confirm what was done by hand; none is needed where its count is 0.
        allow_send: may `callsheet send` call with what it deploys?
        collection: the document of kind Target that the target names.

    """

    name: str
    chain: tuple[Document, ...]
    values: dict[str, Any]
    overlays: dict[str, dict[str, Any] | None]
    select: Selector
    target: dict[str, Any] | None
    ledger: dict[str, Any] | None
    guards: Guards
    approvals: Approvals = Approvals()
    confirmers: Approvals = Approvals()
    allow_send: bool = False
    collection: Document | None = None

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

    def overlaid(self, action: Definition) -> dict[str, Any]:
        """Return the spec of an action with this environment's overlay merged over it."""
        overlay = self.overlays.get(action.name)
        if overlay is None:
            return action.spec
        result: dict[str, Any] = merged(action.spec, overlay)
        if "authentication" in overlay:
            result["authentication"] = self._authentication(action)
        return result

    def _authentication(self, action: Definition) -> Any:
        """Return an action's authentication with the overlays over it, each after those that it extends."""
        found = action.spec.get("authentication")
        for document in reversed(self.chain):
            overlay = (document.value["spec"].get("overlays") or {}).get(action.name, {})
            if overlay is None:
                found = action.spec.get("authentication")
            elif "authentication" in overlay:
                found = merged_authentication(found, overlay["authentication"])
        return found

    def origin(self, action: Definition, path: Path) -> tuple[Document, Path]:
        """Return where a field of the overlaid spec is written: the document, and the path in it."""
        for document in self.chain:
            overlays = document.value["spec"].get("overlays") or {}
            if action.name in overlays and holds(overlays[action.name], path):
                return document, ("spec", "overlays", action.name, *path)
        return action.document, ("spec", *in_file(action.document, ("spec",), path))


@dataclass(frozen=True, slots=True)
class OverlaidSpots(Spots):
    """Makes problems at the places of an overlaid action: in its file, or in the environment's."""

    environment: Environment | None = None
    action: Definition | None = None

    def where(self, path: Path) -> tuple[Document, Path]:
        """Return the document that wrote the field: the last overlay that contains it, else the action."""
        if path[:1] in _METADATA_FIELDS or self.environment is None or self.action is None:
            return self.document, ("metadata", *path)
        return self.environment.origin(self.action, path)


_METADATA_FIELDS = (("name",), ("title",), ("description",), ("owner",), ("labels",))


def overlaid_spots(code: str, action: Definition, environment: Environment) -> OverlaidSpots:
    """Make problems of one code at the places of an action as an environment overlays it."""
    return OverlaidSpots(code, action.document, (), environment, action)


@dataclass(frozen=True, slots=True)
class Chain:
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
        values=spec.get("values") or {},
        overlays=spec.get("overlays") or {},
        select=Selector.read(spec.get("select")),
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
