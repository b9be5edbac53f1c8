"""A REST collection as a target; the entry point of type `http`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.language.steps import Step
from callsheet.outbound.secrets import resolve
from callsheet.targets.model import Author, Deployed, StepKept, StepRefused, canonical_of
from callsheet.targets.rest.client import ServiceClient
from callsheet.targets.rest.holding import address_of, check_held, fixed_fields
from callsheet.targets.rest.mapping import BodyMapping
from callsheet.targets.rest.paging import read_all
from callsheet.targets.rest.reading_back import ReadBack
from callsheet.targets.rest.template import at
from callsheet.targets.rest.writing import Found, Writer, Written
from callsheet.templates.values import digest_of

READINGS = 3
PARALLEL = 8
Known = Mapping[str, Sequence[Mapping[str, Any]]]


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> RestTarget:
    """Open the service that an environment names: nothing is called before it is read.

    Raises:
        CallsheetError: CS606 for the secret of its URL, CS870 for what it contains, CS945 without httpx.

    """
    del root, writing
    try:
        import httpx  # noqa: F401 - reported before anything is asked
    except ImportError:
        raise CallsheetError(
            "CS945",
            "a target of type http needs the package httpx, which is not installed",
            help="pip install 'callsheet[send]'",
        ) from None
    reference = options["url"]["secret"]
    return RestTarget(options["collection"], resolve(reference), options["definition"], reference)


class RestTarget:
    """The objects of one collection of a service.

    Attributes:
        recall: returns, by address, what callsheet wrote of an object or meant to, the likeliest first; the
            ledger knows.

    """

    parallel = PARALLEL

    def __init__(self, collection: str, url: str, spec: Mapping[str, Any], reference: str = "") -> None:
        self.collection = collection
        self.url = url
        self.spec = spec
        self.mapping = BodyMapping(spec)
        self.client = ServiceClient(url, spec, resolve, reference=reference)
        self.writer = Writer(self.client, spec, self.mapping, self._of_body)
        self.recall: Callable[[], Mapping[str, Sequence[str]]] = dict
        self.written: Mapping[str, Sequence[str]] = {}
        self.known: Known = {}
        self.found: dict[str, Found] | None = None
        self.untold: set[str] = set()

    def identity(self) -> dict[str, Any]:
        """Return what distinguishes this service from others, without its URL."""
        digest = hashlib.sha256(self.url.rstrip("/").encode()).hexdigest()[:16]
        return {"type": "http", "collection": self.collection, "service": digest}

    def read(self) -> dict[str, Deployed]:
        """Return every object, by address; one that is not callsheet's has the address `Object/id`.

        Raises:
            CallsheetError: CS872, CS873 where it cannot be read, CS874 where two objects say the same name.

        """
        self.written = self.recall()
        if self.mapping.whole is None:
            self.known = {
                address: [json.loads(one) for one in texts] for address, texts in self.written.items()
            }
        for _ in range(READINGS):
            bodies = self._bodies()
            if bodies is not None:
                self.found, self.untold = self._named(bodies), set()
                return {address: one.deployed for address, one in self.found.items()}
        raise CallsheetError(
            "CS873",
            "the service cannot be read: its list changes while it is read",
            help="try again when no one else is changing it",
        )

    def _bodies(self) -> dict[str, dict[str, Any]] | None:
        """Read the list; None where an object came twice and was another one, or went while it was read."""
        bodies = self._listed()
        if bodies is None or self.spec["list"].get("complete", True):
            return bodies
        with ThreadPoolExecutor(self.parallel) as pool:
            whole = dict(zip(bodies, pool.map(self.writer.read_one, bodies), strict=True))
        found = {identity: one[0] for identity, one in whole.items() if one is not None}
        return found if len(found) == len(bodies) else None

    def _listed(self) -> dict[str, dict[str, Any]] | None:
        bodies: dict[str, dict[str, Any]] = {}
        for body in read_all(self.client, self.spec["list"], self._id):
            identity = self._id(body)
            if not equal(bodies.get(identity, body), body):
                return None
            bodies[identity] = body
        return bodies

    def _named(self, bodies: Mapping[str, dict[str, Any]]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for identity, body in bodies.items():
            one = Found(identity, self._of_body(identity, body), body)
            other = found.get(one.deployed.address)
            if other is None:
                found[one.deployed.address] = one
            elif self.mapping.whole is None and one.deployed.address not in self.known:
                # Two objects of others, which only look like actions.
                found[f"Object/{identity}"] = Found(identity, _object(identity, body), body)
            else:
                found[one.deployed.address] = self._of_two(other, one)
        return found

    def _of_two(self, first: Found, second: Found) -> Found:
        """Return which of two objects of one name is the new one after which a replacement stopped.

        Raises:
            CallsheetError: CS874 where that is not known.

        """
        address = first.deployed.address
        order = list(self.written.get(address, ()))
        texts = [one.deployed.canonical for one in (first, second)]
        ranks = [order.index(one) if one in order else -1 for one in texts]
        if -1 in ranks or ranks[0] == ranks[1] or first.left or second.left:
            raise CallsheetError(
                "CS874",
                f"two objects of the service are {address}: {first.identity} and {second.identity}",
                help="delete one of the two by hand; callsheet does not choose",
            )
        new, old = (first, second) if ranks[0] < ranks[1] else (second, first)
        return new.with_left(old.identity)

    def _id(self, body: Mapping[str, Any]) -> str:
        identity = at(body, self.spec["id"])
        if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
            raise CallsheetError(
                "CS873",
                f"the service cannot be read: an object has no id at `{self.spec['id']}`",
                help="check `id` of the Target document",
            )
        return str(identity)

    def _of_body(self, identity: str, body: Mapping[str, Any]) -> Deployed:
        action = self.mapping.from_body(body, self.known)
        if action is None:
            return _object(identity, body)
        return _deployed(address_of(action), canonical_of(action))

    def check(self, actions: Iterable[Mapping[str, Any]]) -> None:
        """Check that every action comes back from the service as it went: else nothing can be compared.

        Raises:
            CallsheetError: CS875 for what the body of the Target document loses, or cannot say.

        """
        check_held(self.mapping, self.collection, actions)

    def replaces(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """Return the fields of the service that a change touches and that it does not let change."""
        return fixed_fields(self.mapping, self.collection, self.spec["update"], before, after)

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, one call after the other.

        Raises:
            StepRefused: where an object is not what a step expects, or the service refuses it.
            StepKept: where the service took it, and what is read back is something else.
            CallsheetError: CS871 where nothing is known of what became of a call, CS872 where who calls is
                refused.

        """
        del author
        there = self._there(steps)
        for step in steps:
            written = self._write(step, there)
            if isinstance(written, Exception):
                raise written
            [why] = self._read_back([written], there)
            if why is not None:
                raise why

    def apply_each(
        self, steps: Sequence[Step], author: Author
    ) -> list[StepRefused | StepKept | CallsheetError | None]:
        """Do steps of one kind side by side; return for each why it was not done, or None."""
        del author
        there = self._there(steps)
        with ThreadPoolExecutor(self.parallel) as pool:
            written = list(pool.map(lambda step: self._write(step, there), steps))
        taken = [one for one in written if isinstance(one, Written)]
        whys = iter(self._read_back(taken, there))
        return [next(whys) if isinstance(one, Written) else one for one in written]

    def _there(self, steps: Sequence[Step]) -> dict[str, Found]:
        """Return what is there, as it was read and written since; read again for an unknown id."""
        if self.found is None or not self.untold.isdisjoint(one.address_before for one in steps):
            self.read()
        return self.found if self.found is not None else {}

    def _write(self, step: Step, there: Mapping[str, Found]) -> Written | StepRefused | CallsheetError:
        before = there.get(step.address_before)
        digest = None if before is None else before.deployed.digest
        if digest != step.before:
            return StepRefused(f"{step.address_before} has changed since the plan was made")
        try:
            return self.writer.write(step, before)
        except (StepRefused, CallsheetError) as error:
            return error

    def _read_back(
        self, written: Sequence[Written], there: dict[str, Found]
    ) -> list[StepKept | CallsheetError | None]:
        """Read back what was written, and note what is there now."""
        operation = self.spec.get("read")
        reads = ReadBack(
            self.mapping,
            None if operation is None else self._read_body,
            self._listed,
            self._of_body,
            self.client.wait,
        ).check(written)
        for one, read in zip(written, reads, strict=True):
            there.pop(one.step.address_before, None)
            if one.step.canonical is None:
                continue
            if read.identity is None or not read.good:
                self.untold.add(one.step.address)
                continue
            body = self.mapping.to_body(json.loads(one.step.canonical)) if read.body is None else read.body
            deployed = _deployed(one.step.address, one.step.canonical)
            there[one.step.address] = Found(read.identity, deployed, body)
        return [read.why for read in reads]

    def _read_body(self, identity: str) -> Mapping[str, Any] | None:
        read = self.writer.read_one(identity)
        return None if read is None else read[0]

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _object(identity: str, body: Mapping[str, Any]) -> Deployed:
    return _deployed(f"Object/{identity}", canonical_of(body))


def _deployed(address: str, canonical: str) -> Deployed:
    return Deployed(
        address=address, canonical=canonical, digest=digest_of(canonical), revision=1,
        applied_by="unknown", applied_at="",
    )  # fmt: skip
