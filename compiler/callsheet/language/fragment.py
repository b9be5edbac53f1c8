"""Kind Fragment: a named piece of payload; where a payload names it, it stands in its place.

`{$fragment: NAME, with: {…}}` is the piece as a value, or as an item of a list; `$fragments: [NAME, …]` in
a mapping spreads the fields of pieces into it. The piece's own parameters are what `with` says, and without
it parameters of the action by the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field

from callsheet.documents import Document, Path

ONE = "$fragment"
SPREAD = "$fragments"


class Fragment(Struct, frozen=True):
    """A named piece of payload."""

    document: Document

    @property
    def payload(self) -> Any:
        """The piece, as it is written."""
        return self.document.value["spec"]["payload"]

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters that it declares, by name."""
        found: dict[str, dict[str, Any]] = self.document.value["spec"].get("parameters") or {}
        return found


class Argument(NamedTuple):
    """What a parameter of a fragment stands for.

    Attributes:
        value: a template over what is known where the fragment is named, or a constant.
        document: the one that writes it; so `path`.
        written: whether `with` says it; else it is the parameter of the same name.
        declared: what the fragment declares of the parameter.

    """

    value: Any
    document: Document
    path: Path
    written: bool
    declared: Mapping[str, Any]


class Binding(Struct, frozen=True, eq=False):
    """What the parameters of a fragment stand for where it is named.

    Attributes:
        arguments: by name of parameter.
        outer: that of the fragment around it, in which the arguments are read; None in the action itself.

    """

    arguments: Mapping[str, Argument]
    outer: Binding | None


class Fault(NamedTuple):
    """What is wrong with the naming of a fragment: where, the words, and what to do."""

    code: str
    document: Document
    path: Path
    message: str
    do: str
    missing: str | None = None


class Named(NamedTuple):
    """A fragment that a template file names.

    Attributes:
        name: of the fragment.
        given: by parameter, a constant, or a template of the expression that is passed.

    """

    name: str
    given: dict[str, Any]


class NamedInFile(Struct, frozen=True):
    """The fragments that a template file names, in its order.

    Attributes:
        document: the file as a document, in which each stands by its index, as `$fragment` with `with`.
        fragments: what it names.

    """

    document: Document
    fragments: tuple[Named, ...]


ReadNamed = Callable[[str], NamedInFile | None]
"""Returns the fragments that a template file names; None where there are none, or it cannot be read."""


class Expansion(Struct):
    """A payload with its fragments in it.

    Attributes:
        value: the payload.
        places: by path in it, where what stands there is written.
        bindings: by path in it, what parameters stand for below.
        declared: by name of an action's parameter, each declaration of a fragment and where it is written.
        used: the names of the fragments that were looked for.
        faults: what is wrong.

    """

    value: Any = None
    places: dict[Path, tuple[Document, Path]] = field(default_factory=dict)
    bindings: dict[Path, Binding] = field(default_factory=dict)
    declared: dict[str, list[tuple[dict[str, Any], Document, Path]]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
