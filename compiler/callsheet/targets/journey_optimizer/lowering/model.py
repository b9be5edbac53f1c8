"""What lowering results in: the form of a custom action, field by field, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Path

Kind = Literal["exact", "rough", "relay", "impossible"]
_ORDER: tuple[Kind, ...] = ("exact", "rough", "relay", "impossible")


Topic = Literal[
    "", "host", "name", "key", "root", "array", "list", "half", "null", "switch", "no-payload", "drop"
]
"""What a verdict is about, where the place of its field does not say it."""


class NeedsRelayError(Exception):
    """The journey cannot do this; its message is the reason, which a person reads."""

    def __init__(self, reason: str, topic: Topic = "") -> None:
        super().__init__(reason)
        self.topic: Topic = topic

    @property
    def verdict(self) -> Verdict:
        """The verdict of the field for which it is raised."""
        return relay(str(self), self.topic)


class Verdict(Struct, frozen=True, kw_only=True):
    """How near a field comes to what the definition says.

    Attributes:
        kind: `exact`; `rough`, where the result differs as `reason` says; `relay`, where the journey cannot
            do it and a relay can; `impossible`, where neither can.
        reason: why it is not exact, or what the exact form rests on; empty where nothing is to say.
        within: for which values it was shown to be exact, or to differ only so; empty for all of them.
        unverified: the numbers of the points of section 11 on which it rests.
        topic: what it is about, where the place of the field does not say it.

    """

    kind: Kind = "exact"
    reason: str = ""
    within: tuple[str, ...] = ()
    unverified: tuple[int, ...] = ()
    topic: Topic = ""

    @property
    def needs_relay(self) -> bool:
        """Return whether a journey alone cannot make the field."""
        return self.kind == "relay"

    def noting(self, reason: str) -> Verdict:
        """Return the verdict with one reason more."""
        return replace(self, reason=_listed((self.reason, reason)))


EXACT = Verdict()


def rough(
    *differences: str,
    within: tuple[str, ...] = (),
    unverified: tuple[int, ...] = (),
    topic: Topic = "",
) -> Verdict:
    """Return the verdict of a field that differs in these ways; exact where there is none."""
    kind: Kind = "rough" if differences else "exact"
    return Verdict(
        kind=kind, reason=_listed(differences), within=within, unverified=unverified, topic=topic
    )


def relay(reason: str, topic: Topic = "") -> Verdict:
    """Return the verdict of a field that only the relay can make."""
    return Verdict(kind="relay", reason=reason, topic=topic)


def worst(verdicts: Iterable[Verdict]) -> Kind:
    """Return the worst kind among verdicts."""
    return max((one.kind for one in verdicts), key=_ORDER.index, default="exact")


def _listed(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(one for one in reasons if one))


class ComputedVariable(Struct, frozen=True, kw_only=True):
    """A variable whose value the journey computes with a generated expression.

    Attributes:
        label: its label on the canvas.
        type: its data type there, as `string` or `listString`.
        expression: what is pasted into the field, in one line.
        references: the parameters that it reads, in the order of their first mention.
        complete: whether every one of them names its source; otherwise placeholders are left.
        verdict: how near it comes.

    """

    label: str
    type: str
    expression: str
    references: tuple[str, ...]
    complete: bool
    verdict: Verdict

    @property
    def difference(self) -> str:
        """How the result differs; empty where it does not."""
        return self.verdict.reason if self.verdict.kind == "rough" else ""


FieldKind = Literal[
    "constant", "secret", "variable", "computed", "content", "static", "authentication", "none"
]


class LoweredField(Struct, frozen=True, kw_only=True):
    """One field of the action as the screen and the canvas hold it.

    Attributes:
        path: where the field is written in the definition, below `spec`.
        kind: what becomes of it; `content` where personalization in a custom channel prints it; `none`
            where the screen cannot hold it.
        verdict: how near it comes.
        value: the constant, the reference of a secret, the static text, or what prints it; None for another
            kind.
        label: the label of a variable; empty for another kind.
        type: the data type of a variable; empty for another kind.
        parameter: the parameter that a whole variable is; empty for another kind.
        optional: whether *Is optional* is ticked.
        computed: the computed variable, or None.

    """

    path: Path
    kind: FieldKind
    verdict: Verdict = EXACT
    value: Any = None
    label: str = ""
    type: str = ""
    parameter: str = ""
    optional: bool = False
    computed: ComputedVariable | None = None


class LoweredAuthentication(Struct, frozen=True, kw_only=True):
    """How the screen's own authentication does what the definition says.

    Attributes:
        type: the choice on the screen, `none`, `basic`, `apiKey` or `custom`; empty for the relay.
        fields: what is typed there, by the names of the definition; secrets are references.
        payload: the form of `custom` that is pasted, or None.
        warnings: what to know before it is saved.

    """

    type: str
    fields: dict[str, Any]
    payload: dict[str, Any] | None
    warnings: tuple[str, ...]
    verdict: Verdict


class Form(Struct, frozen=True, kw_only=True):
    """A custom action as its screen and the canvas of its journeys hold it.

    Attributes:
        url: the static part.
        path: the computed variable of the field *Path*, or None.
        headers: the variables and constants, by name.
        query: likewise; those that the URL holds after a part that changes are here too.
        authentication: the screen's own.
        payload: as it is pasted; None without one, or where the relay makes it.
        allow_null: *Allow NULL values*; None where nothing is optional.
        variables: the computed variables, in the order of the canvas.
        fields: every field of the action with its verdict, by its path.
        content: of a custom channel, what the editor of a message pastes; None for another form.

    """

    url: str
    path: ComputedVariable | None
    headers: dict[str, LoweredField]
    query: dict[str, LoweredField]
    authentication: LoweredAuthentication
    payload: Any
    allow_null: bool | None
    variables: tuple[ComputedVariable, ...]
    fields: dict[Path, LoweredField]
    content: str | None = None

    @property
    def kind(self) -> Kind:
        """The worst verdict among the fields: whether the action as a whole needs the relay."""
        return worst(one.verdict for one in self.fields.values())

    @property
    def unverified(self) -> tuple[int, ...]:
        """The points of section 11 on which the form rests."""
        return tuple(sorted({number for one in self.fields.values() for number in one.verdict.unverified}))
