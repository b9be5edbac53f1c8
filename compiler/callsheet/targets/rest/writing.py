"""One step → the calls that do it: create, update, replace, delete; and what the service answers of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.language.difference import NOTHING
from callsheet.language.steps import Step
from callsheet.targets.model import Deployed, StepRefused
from callsheet.targets.rest.client import ServiceAnswer, ServiceClient, path_of
from callsheet.targets.rest.mapping import BodyMapping
from callsheet.targets.rest.patching import patch_of, unsayable, with_removed
from callsheet.targets.rest.template import KeyPath, at, get

_GONE = (404, 410)
_MOVED = (409, 412, 428)
MERGE_PATCH = "application/merge-patch+json"


class Found(Struct, frozen=True):
    """One object of the service.

    Attributes:
        identity: its id.
        body: as the service shows it.
        left: ids of those that it replaced, and that are still there.

    """

    identity: str
    deployed: Deployed
    body: Mapping[str, Any]
    left: tuple[str, ...] = ()

    def with_left(self, identity: str) -> Found:
        """Say that one which it replaced is still there."""
        deployed = replace(self.deployed, unfinished="the one that it replaced is still there")
        return replace(self, deployed=deployed, left=(*self.left, identity))

    def without_itself(self) -> Found | None:
        """Return what is left of it where it is gone; None where nothing is."""
        return replace(self, identity=self.left[0], left=self.left[1:]) if self.left else None


class Written(Struct, frozen=True, kw_only=True):
    """A step that the service took, and what is to be read back of it.

    Attributes:
        action: what is to be there; None where nothing is.
        identity: the id of the object; None where the service does not say it, or nothing is there.
        shown: what the answer shows of the object, with its id; None where it shows nothing.
        gone: ids of the objects that are not to be there any more.
        untouched: was nothing sent, because everything was as it is to be?

    """

    step: Step
    action: Mapping[str, Any] | None = None
    identity: str | None = None
    shown: Mapping[str, Any] | None = None
    gone: tuple[str, ...] = ()
    untouched: bool = False


class Writer:
    """Writes to one collection.

    Args:
        client: calls the service.
        spec: of the Target document.
        mapping: of its body.
        of_body: returns an object of the service, by its id and what it shows.

    """

    def __init__(
        self,
        client: ServiceClient,
        spec: Mapping[str, Any],
        mapping: BodyMapping,
        of_body: Callable[[str, Mapping[str, Any]], Deployed],
    ) -> None:
        self.client = client
        self.spec = spec
        self.mapping = mapping
        self.of_body = of_body

    def read_one(self, identity: str) -> tuple[dict[str, Any], Mapping[str, str]] | None:
        """Read one object: what it shows, and the headers of the answer; None where it is not there.

        Raises:
            CallsheetError: CS873 where it cannot be read.

        """
        operation = self.spec["read"]
        answer = self.client.call("GET", path_of(operation["path"], identity))
        if answer.status in _GONE:
            return None
        body = at(answer.value, operation.get("item", ""))
        if answer.status != 200 or not isinstance(body, dict):
            raise CallsheetError(
                "CS873",
                f"the service cannot be read: it answered {answer.status} for one object",
                help="check `read` of the Target document",
            )
        return body, answer.headers

    def write(self, step: Step, before: Found | None) -> Written:
        """Do a step; return what is to be read back of it.

        Raises:
            StepRefused: where the service does not do it.

        """
        action = None if step.canonical is None else json.loads(step.canonical)
        headers: dict[str, str] = {}
        if before is not None:
            before, headers = self._fresh(before, deleting=action is None)
        if action is None:
            gone = () if before is None else self._delete_all(step, before, headers)
            return Written(step=step, gone=gone)
        if before is None:
            return self._create(step, action)
        if step.action == "replace":
            # The new one is there before the old one goes.
            made = self._create(step, action)
            return replace(made, gone=self._delete_all(step, before, headers))
        for identity in before.left:
            self._delete(step, identity, {})
        written = self._update(step, before, action, headers)
        return replace(written, gone=before.left)

    def _fresh(self, before: Found, *, deleting: bool) -> tuple[Found | None, dict[str, str]]:
        """Look at an object again before it is written: is it still what the plan was made for?"""
        headers: dict[str, str] = {}
        condition = self.spec.get("ifMatch") or {}
        if "read" in self.spec:
            read = self.read_one(before.identity)
            if read is None and deleting:
                return before.without_itself(), {}
            if read is None:
                raise StepRefused("it was deleted in the meantime; plan again")
            body, told = read
            if self.of_body(before.identity, body).digest != before.deployed.digest:
                raise StepRefused("it was changed in the meantime; plan again")
            before = replace(before, body=body)
            if "header" in condition and condition["header"].lower() in told:
                headers["If-Match"] = told[condition["header"].lower()]
        if "field" in condition:
            value = get(before.body, tuple(condition["field"].split(".")))
            if value is not NOTHING:
                headers["If-Match"] = value if isinstance(value, str) else json.dumps(value)
        return before, headers

    def _create(self, step: Step, action: Mapping[str, Any]) -> Written:
        operation = self.spec["create"]
        body = self.mapping.to_body(action)
        answer = self._call(operation, "POST", "", action["name"], body, step.key)
        self._refuse(answer)
        shown = at(answer.value, operation.get("item", ""))
        told = at(shown, self.spec["id"])
        identity = None if told is None else str(told)
        return Written(step=step, action=action, identity=identity, shown=self._object(shown))

    def _update(
        self, step: Step, before: Found, action: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Written:
        operation = self.spec["update"]
        wanted, sent = self.mapping.to_body(action), self._sent_before(before)
        written = Written(step=step, action=action, identity=before.identity)
        if equal(wanted, sent) and not self.mapping.differing(before.body, action):
            return replace(written, untouched=True)
        body, media = wanted, "application/json"
        # A PUT writes all of it, also what cannot change.
        fields = operation.get("fields") if operation.get("method") == "PATCH" else None
        leaves = [path for path in self.mapping.leaves if fields is None or path[0] in fields]
        if operation.get("as") == "merge-patch":
            media, body = MERGE_PATCH, self._patch(leaves, before.body, wanted)
        elif operation.get("method") == "PATCH":
            body = _only(fields, with_removed(wanted, leaves, before.body, sent or {}))
        answer = self._call(
            operation, "PUT", before.identity, action["name"], body, step.key, headers=headers, media=media
        )
        self._refuse(answer, gone="it was deleted in the meantime; plan again")
        return replace(written, shown=self._object(at(answer.value, operation.get("item", ""))))

    def _sent_before(self, before: Found) -> dict[str, Any] | None:
        """Return what was sent of an object that says which action it is; None where that is not known."""
        try:
            action = json.loads(before.deployed.canonical)
            return self.mapping.to_body(action) if isinstance(action, dict) else None
        except ValueError:
            return None

    def _patch(
        self, leaves: Sequence[KeyPath], body: Mapping[str, Any], wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        for path in leaves:
            inner = unsayable(get(body, path), get(wanted, path))
            if inner is not None:
                raise StepRefused(f"no merge patch can make {'.'.join((*path, *inner))} null")
        return patch_of(leaves, body, wanted)

    def _object(self, shown: Any) -> Mapping[str, Any] | None:
        """Return what an answer shows of an object; None where it shows none, as it has no id."""
        if not isinstance(shown, dict) or get(shown, tuple(self.spec["id"].split("."))) is NOTHING:
            return None
        return shown

    def _delete_all(self, step: Step, found: Found, headers: Mapping[str, str]) -> tuple[str, ...]:
        """Delete an object, and what is left of those that it replaced: the condition is on the first."""
        self._delete(step, found.identity, headers)
        for identity in found.left:
            self._delete(step, identity, {})
        return found.identity, *found.left

    def _delete(self, step: Step, identity: str, headers: Mapping[str, str]) -> None:
        operation = self.spec["delete"]
        name = Address.read(step.address_before).name
        body = operation.get("body")
        answer = self._call(
            operation, "DELETE", identity, name, body, f"{step.key}:delete:{identity}", headers=headers
        )
        if answer.status not in _GONE:
            self._refuse(answer)

    def _call(
        self,
        operation: Mapping[str, Any],
        method: str,
        identity: str,
        name: str,
        body: Any,
        key: str,
        *,
        headers: Mapping[str, str] | None = None,
        media: str = "application/json",
    ) -> ServiceAnswer:
        method = operation.get("method", method)
        path = path_of(operation["path"], identity, name)
        # A PATCH says what fields are to be, so that it may be said again.
        return self.client.call(
            method, path, body=body, key=key, headers=headers, media=media, repeatable=method == "PATCH"
        )

    def _refuse(self, answer: ServiceAnswer, gone: str = "") -> None:
        if 200 <= answer.status < 300:
            return
        text = answer.text.strip()[:200]
        said = f": {text}" if text else ""
        if gone and answer.status in _GONE:
            raise StepRefused(gone)
        if answer.status in _MOVED and self.spec.get("ifMatch"):
            raise StepRefused(f"it was changed in the meantime ({answer.status}); plan again{said}")
        raise StepRefused(f"the service answered {answer.status}{said}")


def _only(fields: Collection[str] | None, body: dict[str, Any]) -> dict[str, Any]:
    return body if fields is None else {key: one for key, one in body.items() if key in fields}
