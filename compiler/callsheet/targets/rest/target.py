"""A REST collection as a target; the entry point of type `http`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.secrets import resolve
from callsheet.targets.model import Author, Deployed, Step, StepRefused, canonical_of, digest_of
from callsheet.targets.rest.client import Answer, ServiceClient, path_of
from callsheet.targets.rest.mapping import BodyMapping, at
from callsheet.targets.rest.paging import read_all

READINGS = 3
PARALLEL = 8


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
    """The objects of one collection of a service."""

    parallel = PARALLEL

    def __init__(self, collection: str, url: str, spec: Mapping[str, Any]) -> None:
        self.collection = collection
        self.url = url
        self.spec = spec
        self.mapping = BodyMapping(spec["body"])
        self.client = ServiceClient(url, spec, resolve)
        self.ids: dict[str, tuple[str, str]] | None = None

    def identity(self) -> dict[str, Any]:
        """Give what tells this service from others, without its URL."""
        digest = hashlib.sha256(self.url.rstrip("/").encode()).hexdigest()[:16]
        return {"type": "http", "collection": self.collection, "service": digest}

    def read(self) -> dict[str, Deployed]:
        """Give every object, by address; one that is none of callsheet's has the address `Object/id`.

        Raises:
            CallsheetError: CS872, CS873 where it cannot be read, CS874 where two objects say the same name.

        """
        for _ in range(READINGS):
            found = self._read_once()
            if found is not None:
                return found
        raise CallsheetError(
            "CS873",
            "the service cannot be read: its list changes while it is read",
            help="try again when nobody else is writing",
        )

    def _read_once(self) -> dict[str, Deployed] | None:
        """Read the list; None where an object came twice and was another one."""
        bodies: dict[str, dict[str, Any]] = {}
        for body in read_all(self.client, self.spec["list"]):
            identity = self._id(body)
            if bodies.get(identity, body) != body:
                return None
            bodies[identity] = body
        found: dict[str, Deployed] = {}
        self.ids = {}
        for identity, body in bodies.items():
            one = self._deployed(identity, body)
            if one.address in found:
                raise CallsheetError(
                    "CS874",
                    f"two objects of the service are {one.address}:"
                    f" {self.ids[one.address][0]} and {identity}",
                    help="delete one of the two by hand; callsheet does not choose",
                )
            found[one.address] = one
            self.ids[one.address] = (identity, one.digest)
        return found

    def _id(self, body: Mapping[str, Any]) -> str:
        identity = at(body, self.spec["id"])
        if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
            raise CallsheetError(
                "CS873",
                f"the service cannot be read: an object has no id at {self.spec['id']}",
                help="see `id` of the Target document",
            )
        return str(identity)

    def _deployed(self, identity: str, body: Mapping[str, Any]) -> Deployed:
        action = self.mapping.from_body(body)
        value: Any = body if action is None else action
        address = (
            f"Object/{identity}" if action is None else f"{action.get('kind', 'Action')}/{action['name']}"
        )
        canonical = canonical_of(value)
        return Deployed(
            address=address, canonical=canonical, digest=digest_of(canonical), revision=1,
            applied_by="unknown", applied_at="",
        )  # fmt: skip

    def check(self, actions: Iterable[Mapping[str, Any]]) -> None:
        """Check that every action comes back from the service as it went: else nothing can be compared.

        Raises:
            CallsheetError: CS875 for what the body of the Target document loses.

        """
        for action in actions:
            back = self.mapping.from_body(self.mapping.to_body(action))
            if back != action:
                lost = sorted(key for key in action if (back or {}).get(key) != action[key])
                raise CallsheetError(
                    "CS875",
                    f"the body of the Target `{self.collection}` loses {', '.join(lost[:5])}"
                    f" of {action.get('kind', 'Action')}/{action['name']}",
                    help='map the whole action somewhere: `definition: "{{ action | tojson }}"`',
                )

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, one call after the other.

        Raises:
            StepRefused: where an object is not what a step expects, or the service refuses it.
            CallsheetError: CS871 where nothing is known of what became of a call, CS872 where who calls is
                refused.

        """
        del author
        if self.ids is None:
            self.read()
        for step in steps:
            self._do(step)

    def apply_each(
        self, steps: Sequence[Step], author: Author
    ) -> list[StepRefused | CallsheetError | None]:
        """Do steps of one kind side by side; gives for each why it was not done, or None."""
        del author
        if self.ids is None:
            self.read()

        def attempt(step: Step) -> StepRefused | CallsheetError | None:
            try:
                self._do(step)
            except (StepRefused, CallsheetError) as error:
                return error
            return None

        with ThreadPoolExecutor(self.parallel) as pool:
            return list(pool.map(attempt, steps))

    def _do(self, step: Step) -> None:
        ids = self.ids if self.ids is not None else {}
        identity, digest = ids.get(step.address_before, (None, None))
        if digest != step.before:
            raise StepRefused(f"{step.address_before} is not what the plan was made for")
        body = None if step.canonical is None else self.mapping.to_body(_value(step.canonical))
        if step.action in ("create", "replace") or identity is None:
            # The new one is there before the old one goes.
            answer = self._write(self.spec["create"], "POST", "", body, step.key)
            if step.action == "replace" and identity is not None:
                self._write(self.spec["delete"], "DELETE", identity, None, f"{step.key}:delete")
            told = at(answer.value, self.spec["id"])
            if told is None:
                self.ids = None
            else:
                ids[step.address] = (str(told), step.after or "")
            return
        if step.action == "delete":
            self._write(self.spec["delete"], "DELETE", identity, None, step.key)
            ids.pop(step.address_before, None)
            return
        self._write(self.spec["update"], "PUT", identity, body, step.key)
        ids.pop(step.address_before, None)
        ids[step.address] = (identity, step.after or "")

    def _write(
        self, operation: Mapping[str, Any], method: str, identity: str, body: Any, key: str
    ) -> Answer:
        method = operation.get("method", method)
        answer = self.client.call(method, path_of(operation["path"], identity), body=body, key=key)
        gone = body is None and answer.status in (404, 410)
        if not (200 <= answer.status < 300 or gone):
            text = self.client.shown(answer.text[:500]).strip()[:200]
            said = f": {text}" if text else ""
            raise StepRefused(f"the service answered {answer.status}{said}")
        return answer

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _value(canonical: str) -> Any:
    import json

    return json.loads(canonical)
