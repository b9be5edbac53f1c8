"""What every target is: it says what it is, answers what is deployed, and carries out steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from callsheet.documents import Path
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.language.steps import Step
from callsheet.templates.values import digest_of


class Deployed(Struct, frozen=True, kw_only=True):
    """One object as the target answers it now.

    Attributes:
        canonical: the compiled action as canonical JSON.
        digest: SHA-256 of `canonical`.
        revision: how often it was written, from 1.
        unfinished: why it is neither what it was nor what it was to be, where that is callsheet's own
            doing: the next plan brings it on.

    """

    address: str
    canonical: str
    digest: str
    revision: int
    applied_by: str
    applied_at: str
    unfinished: str = ""

    def __repr__(self) -> str:
        """Return what it is: somebody may have written a secret into what is deployed."""
        return f"Deployed({self.address!r}, {self.digest!r}, revision={self.revision})"


def canonical_of(value: Any) -> str:
    """Return what a target answers as canonical JSON (RFC 8785); what that cannot say, as it is."""
    try:
        import rfc8785

        return rfc8785.dumps(value).decode()
    except (ValueError, RecursionError, UnicodeError):
        return repr(value)


class Author(Struct, frozen=True):
    """Who applies, when, and from which commit: what a target may note beside an object.

    Attributes:
        dirty: whether the files differed from the commit; None where that is not known.

    """

    name: str
    at: str
    commit: str | None
    dirty: bool | None = None


class StepRefused(Exception):  # noqa: N818 - an answer of the target
    """The target did not do a step, and says why.

    Args:
        why: in words.
        path: the field of the compiled action that is refused, where the target says so.

    """

    def __init__(self, why: str, path: Path = ()) -> None:
        super().__init__(why, path)
        self.path = path

    def __str__(self) -> str:
        """Return why."""
        return str(self.args[0])


class StepKept(Exception):  # noqa: N818 - an answer of the target
    """The target took a step, and what was read back is something else than was asked: it is not done.

    Args:
        what: in words.
        there: what was read back of the object, where it is still one of callsheet's.

    """

    def __init__(self, what: str, there: Deployed | None = None) -> None:
        super().__init__(what, there)
        self.there = there

    def __str__(self) -> str:
        """Return what."""
        return str(self.args[0])


class Target(Protocol):
    """Where actions are deployed."""

    def identity(self) -> dict[str, Any]:
        """Return what distinguishes this target from others, the same on every machine."""

    def read(self) -> dict[str, Deployed]:
        """Return everything that is deployed, by address.

        Raises:
            CallsheetError: where it cannot be read: never taken for empty.

        """

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, all of them or none.

        Raises:
            StepRefused: where an object is not what a step expects.
            StepKept: where what was read back is not what was asked.
            CallsheetError: where the target cannot be written.

        """

    def close(self) -> None:
        """Let go of the target."""


# What only some targets can do. A target has an ability where it has the members of its protocol.


@runtime_checkable
class ParallelTarget(Target, Protocol):
    """A target in which steps are done on their own, several at once.

    Attributes:
        parallel: how many at most.

    """

    parallel: int

    def apply_each(
        self, steps: Sequence[Step], author: Author
    ) -> Sequence[StepRefused | StepKept | CallsheetError | None]:
        """Do steps of one kind that touch different objects; return for each why it was not done, or None.

        A StepKept says that the target contains something else now. A CallsheetError says that nothing is
        known of what became of a step.
        """


class Evidence(Struct, frozen=True, kw_only=True):
    """The answer to the test request of one step that was done by hand.

    Attributes:
        serial: of the apply that recorded the step, or of the last one.
        digest: of the action as it was confirmed.
        answer: as JSON, with credentials hidden.

    """

    serial: int
    address: str
    digest: str
    answer: str
    kept_by: str
    kept_at: str

    @property
    def answer_digest(self) -> str:
        """The digest of the answer."""
        return digest_of(self.answer)


@runtime_checkable
class RecordingTarget(Protocol):
    """A target that notes what is whose.

    Attributes:
        records: whether adopting and forgetting are steps of the target too, and not of the ledger alone.

    """

    records: bool


@runtime_checkable
class CheckingTarget(Protocol):
    """A target that cannot hold everything, and says so before anything is planned for it."""

    def check(self, actions: Iterable[Mapping[str, Any]]) -> None:
        """Check that the target can store these compiled actions.

        Raises:
            CallsheetError: for what it cannot store.

        """


@runtime_checkable
class FixingTarget(Protocol):
    """A target with fields that cannot change: an object that changes there is replaced."""

    def replaces(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """Return the fields of the target that a change touches, and that cannot change there."""


@runtime_checkable
class ExpectingTarget(Protocol):
    """A target that recognizes what it reads by what the workspace wants there."""

    def expect(self, wanted: Mapping[str, str]) -> None:
        """Take note of what the workspace wants, by address, as canonical JSON; called after opening."""


@runtime_checkable
class RecallingTarget(Protocol):
    """A target that recognizes what it reads by what callsheet wrote.

    Attributes:
        recall: returns, by address, what callsheet wrote of an object or meant to, the likeliest first;
            it is set from the ledger after opening.

    """

    recall: Callable[[], Mapping[str, Sequence[str]]]


@runtime_checkable
class NotingTarget(Protocol):
    """A target that has something to say of what it read.

    Attributes:
        notes: shown with a plan.

    """

    notes: Sequence[str]


@runtime_checkable
class EvidenceTarget(Protocol):
    """A target whose steps are done by hand, and that keeps what proves it."""

    def prepare_evidence(self) -> None:
        """Make the place where evidence is kept, before anything is recorded."""

    def keep_evidence(self, one: Evidence) -> None:
        """Keep the answer to the test request of a step."""

    def evidence(self) -> Sequence[Evidence]:
        """Return what is kept, in the order in which it came."""


@runtime_checkable
class SnapshotTarget(Protocol):
    """A target that answers from a snapshot where it is not reached.

    Attributes:
        unreached: why what was read is of a snapshot; None where it is not.

    """

    unreached: UnreachableError | None
