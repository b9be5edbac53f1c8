"""A REST collection as a target; the entry point of type `http`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.secrets import resolve
from callsheet.targets.model import Author, Deployed, Step, StepKept, StepRefused, canonical_of, digest_of
from callsheet.targets.rest.client import ServiceClient
from callsheet.targets.rest.mapping import BodyMapping
from callsheet.targets.rest.paging import read_all
from callsheet.targets.rest.template import at
from callsheet.targets.rest.writing import Found, Writer

READINGS = 3
PARALLEL = 8
Known = Mapping[str, Sequence[Mapping[str, Any]]]


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> RestTarget:
    """Open the service that an environment names: nothing is called before it is read.

    Raises:
        CallsheetError: CS606 for the secret of its URL, CS945 without httpx.

    """
    del root, writing
    try:
        import httpx  # noqa: F401 - told before anything is asked
    except ImportError:
        raise CallsheetError(
            "CS945",
            "a target of type http needs the package httpx, which is not installed",
            help="pip install 'callsheet[send]'",
        ) from None
    return RestTarget(options["collection"], resolve(options["url"]["secret"]), options["definition"])


class RestTarget:
    """The objects of one collection of a service.

    Attributes:
        recall: gives, by address, what callsheet wrote of an object or meant to, the likeliest first; the
            ledger knows.

    """

    parallel = PARALLEL

    def __init__(self, collection: str, url: str, spec: Mapping[str, Any]) -> None:
        self.collection = collection
        self.url = url
        self.spec = spec
        self.mapping = BodyMapping(spec)
        self.client = ServiceClient(url, spec, resolve)
        self.writer = Writer(self.client, spec, self.mapping, self._of_body)
        self.recall: Callable[[], Mapping[str, Sequence[str]]] = dict
        self.written: Mapping[str, Sequence[str]] = {}
        self.known: Known = {}
        self.found: dict[str, Found] | None = None
        self.untold: set[str] = set()

    def identity(self) -> dict[str, Any]:
        """Give what tells this service from others, without its URL."""
        digest = hashlib.sha256(self.url.rstrip("/").encode()).hexdigest()[:16]
        return {"type": "http", "collection": self.collection, "service": digest}

    def read(self) -> dict[str, Deployed]:
        """Give every object, by address; one that is none of callsheet's has the address `Object/id`.

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
            help="try again when nobody else is writing",
        )

    def _bodies(self) -> dict[str, dict[str, Any]] | None:
        """Read the list; None where an object came twice and was another one, or went while it was read."""
        bodies: dict[str, dict[str, Any]] = {}
        for body in read_all(self.client, self.spec["list"]):
            identity = self._id(body)
            if bodies.get(identity, body) != body:
                return None
            bodies[identity] = body
        if self.spec["list"].get("complete", True):
            return bodies
        with ThreadPoolExecutor(self.parallel) as pool:
            whole = dict(zip(bodies, pool.map(self.writer.read_one, bodies), strict=True))
        found = {identity: one[0] for identity, one in whole.items() if one is not None}
        return found if len(found) == len(bodies) else None

    def _named(self, bodies: Mapping[str, dict[str, Any]]) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for identity, body in bodies.items():
            one = Found(identity, self._of_body(identity, body), body)
            other = found.get(one.deployed.address)
            if other is None:
                found[one.deployed.address] = one
            elif self.mapping.whole is None and one.deployed.address not in self.known:
                # Two of somebody else's, which only look like actions.
                found[f"Object/{identity}"] = Found(identity, _object(identity, body), body)
            else:
                found[one.deployed.address] = self._of_two(other, one)
        return found

    def _of_two(self, first: Found, second: Found) -> Found:
        """Tell which of two objects of one name is the new one that a replacement stopped behind.

        Raises:
            CallsheetError: CS874 where that cannot be told.

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
                help="see `id` of the Target document",
            )
        return str(identity)

    def _of_body(self, identity: str, body: Mapping[str, Any]) -> Deployed:
        action = self.mapping.from_body(body, self.known)
        if action is None:
            return _object(identity, body)
        return _deployed(_address(action), canonical_of(action))

    def check(self, actions: Iterable[Mapping[str, Any]]) -> None:
        """Check that every action comes back from the service as it went: else nothing can be compared.

        Raises:
            CallsheetError: CS875 for what the body of the Target document loses, or cannot say.

        """
        for action in actions:
            address = _address(action)
            known = {address: [action]} if self.mapping.partial else None
            try:
                back = self.mapping.from_body(self.mapping.to_body(action), known)
            except ValueError as error:
                raise CallsheetError(
                    "CS875",
                    f"the service of the Target `{self.collection}` cannot hold {error} of {address}",
                    help="only a parameter itself, and a text with parameters, can be written there",
                ) from None
            if back != action:
                lost = sorted(key for key in action if (back or {}).get(key) != action[key])
                raise CallsheetError(
                    "CS875",
                    f"the body of the Target `{self.collection}` loses {', '.join(lost[:5])} of {address}",
                    help='map the whole action somewhere: `definition: "{{ action | tojson }}"`,'
                    " or say `partial: true`",
                )

    def replaces(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """Give the fields of the service that a change touches and that it does not let change."""
        fields = self.spec["update"].get("fields")
        if fields is None:
            return []
        try:
            old, new = self.mapping.to_body(before), self.mapping.to_body(after)
        except ValueError:
            return []
        return sorted(key for key in {*old, *new} if key not in fields and old.get(key) != new.get(key))

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, one call after the other.

        Raises:
            StepRefused: where an object is not what a step expects, or the service refuses it.
            StepKept: where the service did it, and holds something else.
            CallsheetError: CS871 where nothing is known of what became of a call, CS872 where who calls is
                refused.

        """
        del author
        there = self._there(steps)
        for step in steps:
            self._do(step, there)

    def apply_each(
        self, steps: Sequence[Step], author: Author
    ) -> list[StepRefused | StepKept | CallsheetError | None]:
        """Do steps of one kind side by side; gives for each why it was not done, or None."""
        del author
        there = self._there(steps)

        def attempt(step: Step) -> StepRefused | StepKept | CallsheetError | None:
            try:
                self._do(step, there)
            except (StepRefused, StepKept, CallsheetError) as error:
                return error
            return None

        with ThreadPoolExecutor(self.parallel) as pool:
            return list(pool.map(attempt, steps))

    def _there(self, steps: Sequence[Step]) -> dict[str, Found]:
        """Give what is there, as it was read and written since; read again for an id that was not told."""
        if self.found is None or not self.untold.isdisjoint(one.address_before for one in steps):
            self.read()
        return self.found if self.found is not None else {}

    def _do(self, step: Step, there: dict[str, Found]) -> None:
        before = there.get(step.address_before)
        digest = None if before is None else before.deployed.digest
        if digest != step.before:
            raise StepRefused(f"{step.address_before} is not what the plan was made for")
        try:
            after = self.writer.write(step, before)
        except StepKept as kept:
            self._note(step, there, kept.identity)
            raise
        self._note(step, there, after)

    def _note(self, step: Step, there: dict[str, Found], identity: str | None) -> None:
        there.pop(step.address_before, None)
        if step.canonical is None:
            return
        if identity is None:
            self.untold.add(step.address)
            return
        body = self.mapping.to_body(json.loads(step.canonical))
        there[step.address] = Found(identity, _deployed(step.address, step.canonical), body)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _object(identity: str, body: Mapping[str, Any]) -> Deployed:
    return _deployed(f"Object/{identity}", canonical_of(body))


def _address(action: Mapping[str, Any]) -> str:
    return f"{action.get('kind', 'Action')}/{action['name']}"


def _deployed(address: str, canonical: str) -> Deployed:
    return Deployed(
        address=address, canonical=canonical, digest=digest_of(canonical), revision=1,
        applied_by="unknown", applied_at="",
    )  # fmt: skip
