"""The body of a request × an operation of its contract → what the vendor would refuse of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from callsheet.calling.generated import accepts, contract_values
from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.contracts.media_types import content_type
from callsheet.contracts.near_keys import near_keys
from callsheet.contracts.operations import Operation
from callsheet.contracts.subject import Subject, is_within
from callsheet.contracts.validation import Fault, Validation, deprecated_in
from callsheet.documents import Path, Problem, pointer_of
from callsheet.language.difference import value_at
from callsheet.language.plugins import secret_schemes
from callsheet.language.when_empty import WHEN_EMPTY, droppable_in, is_mapping, members
from callsheet.templates.slots import parameters_read
from callsheet.templates.values import canonical_text
from callsheet.words import meant


def body_fault(operation: Operation, request: Request, ignored: Sequence[str]) -> str | None:
    """Return what an operation would refuse of the payload of a request, in words; None where nothing.

    `ignored` are the pointers at which the contract is wrong.
    """
    if operation.body is None or request.payload is NO_PAYLOAD:
        return None
    for fault in known_faults(operation.body_as(content_type(request.headers)), request.payload):
        if not is_within(fault.path, ignored):
            return fault.words
    return None


def known_faults(validation: Validation, payload: Any) -> Iterator[Fault]:
    """Yield what a schema refuses of a payload, in which references stand for secrets.

    Of a secret, it is only known that it is a text.
    """
    yield from _known(validation.faults(_plain(payload)), payload)


class Bodies:
    """Checks the body for many values of the parameters; reports each place once."""

    def __init__(
        self, subject: Subject, operation: Operation, validation: Validation, values: dict[str, Any]
    ) -> None:
        self.subject = subject
        self.operation = operation
        self.validation = validation
        self.values = values
        self.told: set[str] = set()
        beside = {key: one for key, one in subject.compiled["request"].items() if key != "payload"}
        self.beside = frozenset(parameters_read(beside))

    def found(self, request: Request) -> Iterable[Problem]:
        """Return what `check` yields; once for environments whose bodies are made of the same."""
        if self.beside:
            return self.check(request)  # what the URL refuses is not sent
        compiled = self.subject.compiled
        payload = {key: one for key, one in compiled["request"].items() if key == "payload"}
        made_of = canonical_text([payload, compiled.get("parameters"), id(self.validation)])
        if made_of not in self.subject.known:
            self.subject.known[made_of] = tuple(self.check(request))
        return self.subject.known[made_of]

    def check(self, request: Request) -> Iterator[Problem]:
        """Yield what is wrong with the body of a request, and with those that other values make."""
        if request.payload is NO_PAYLOAD:
            if self.operation.body_required:
                yield self.subject.at("CS454").key(
                    ("request",),
                    "the contract requires a body, and the request has none",
                    do="add a payload",
                    related=self.subject.related(self.operation.at),
                )
            return
        body = _plain(request.payload)
        verdict = self.validation.verdict(body)
        if not verdict.decided:
            yield self.subject.at("CS440").key(
                ("request", "payload"),
                "the payload was not checked: it and its contract are too large",
                do="nothing is needed; a smaller payload is checked",
                related=self.subject.related(self.operation.at),
            )
            return
        for fault in _known(verdict.faults, request.payload):
            yield from self._tell(fault, "")
        for path, at in deprecated_in(self.validation.schema, body):
            if not self.subject.ignores(path):
                yield self.subject.at("CS456").key(
                    self._place(path),
                    f"`{_dotted(path)}` is deprecated by the contract",
                    do="use what the contract names instead",
                    related=self.subject.related(at),
                )
        yield from self._near(body)
        yield from self._others()

    def _near(self, body: Any) -> Iterator[Problem]:
        """Yield the keys that the contract leaves open, and that look like those that it names."""
        for one in near_keys(self.validation.schema, body):
            pointer = pointer_of(one.path)
            if pointer in self.told or self.subject.ignores(one.path):
                continue
            self.told.add(pointer)
            yield self.subject.at("CS441").key(
                self._place(one.path),
                f"`{_dotted(one.path)}` is not named in the contract{meant(one.meant)}",
                do=f"write `{one.meant}`, or name the field under `contract.ignore` where it is right",
                related=self.subject.related(one.at),
            )

    def _others(self) -> Iterator[Problem]:
        """Try each parameter at its bounds, without those that are optional, and what goes with them."""
        declared = self.subject.compiled.get("parameters", {})
        for name, fields in declared.items():
            if fields.get("optional"):
                without = {key: value for key, value in self.values.items() if key != name}
                yield from self._with(without, f"without `{name}`")
            for words, value in contract_values(fields):
                yield from self._with({**self.values, name: value}, f"where `{name}` is {words}")
        for path, node in droppable_in(self.subject.compiled["request"]["payload"]):
            names = {one for one in parameters_read(node) if declared[one].get("optional")}
            without = {key: value for key, value in self.values.items() if key not in names}
            what = f"`{_dotted(path)}`" if path else "the body"
            yield from self._with(without, f"where {what} is left out, as it is empty", path)

    def _with(self, values: Mapping[str, Any], case: str, dropped: Path | None = None) -> Iterator[Problem]:
        """Yield what is wrong with the body for some values; `dropped` is what is left out of it."""
        for payload in self._payload(values):
            if payload is not NO_PAYLOAD:
                for fault in known_faults(self.validation, payload):
                    yield from self._tell(fault, case, dropped)
            elif dropped == () and self.operation.body_required:
                fault = Fault(
                    path=(), words="the contract requires a body, and there is none",
                    way_out="write a field that is always there", at=self.operation.at,
                )  # fmt: skip
                yield from self._tell(fault, case, dropped)

    def _payload(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """Yield what is sent for other values, or NO_PAYLOAD; nothing where they make no request."""
        # All else of the request is as with the examples, which make one.
        if all(self.values.get(name) is values.get(name) for name in self.beside):
            yield from self.subject.payload(values)
        elif (request := self.subject.request(values)) is not None:
            yield request.payload

    def _tell(self, fault: Fault, case: str, dropped: Path | None = None) -> Iterator[Problem]:
        around = dropped is not None and fault.path == dropped[:-1]
        pointer = pointer_of(dropped if around and dropped is not None else fault.path)
        if pointer in self.told or self.subject.ignores(fault.path):
            return
        self.told.add(pointer)
        if around and dropped is not None:
            yield self.subject.at("CS455").key(
                self._place((*dropped, WHEN_EMPTY)),
                f"{fault.words} {case}",
                do=f"remove `{WHEN_EMPTY}`, or make a parameter in it required",
                related=self.subject.related(fault.at),
            )
            return
        slots = self._slots(fault.path)
        might = bool(case) or (bool(slots) and self._passes_sometimes(fault, slots))
        code = "CS455" if might else "CS454"
        where = f" {case}" if case else " with the example of its parameter" if might else ""
        yield self.subject.at(code).key(
            self._place(fault.path),
            f"{fault.words}{where}",
            do=fault.way_out if not might else "declare the same limits on the parameter",
            related=self.subject.related(fault.at),
        )

    def _slots(self, path: Path) -> list[str]:
        """Return the parameters that the value at a path is made of."""
        node: Any = self.subject.compiled["request"].get("payload")
        for part in path:
            node = _inside(members(node) if is_mapping(node) else node, part)
            if node is None:
                return []
        direct = isinstance(node, dict) and not is_mapping(node)
        return sorted(set(parameters_read(node))) if direct else []

    def _passes_sometimes(self, fault: Fault, slots: list[str]) -> bool:
        """Return whether any value that the parameters may have fits: one of ours, or of the contract's."""
        declared = self.subject.compiled.get("parameters", {})
        for name in slots:
            fields = declared.get(name, {"type": "string"})
            named = [("", one) for one in fault.allowed if accepts(fields, one)]
            for _, value in (*contract_values(fields), *named):
                for payload in self._payload({**self.values, name: value}):
                    if payload is NO_PAYLOAD:
                        continue
                    if all(one.path != fault.path for one in known_faults(self.validation, payload)):
                        return True
        return False

    def _place(self, path: Path) -> Path:
        return ("request", "payload", *path)


def _inside(node: Any, part: str | int) -> Any:
    """Return what a compiled payload contains at a part of a path; the node itself where it is a slot."""
    if isinstance(node, dict) and part in node:
        return node[part]
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return node if isinstance(node, dict) and not is_mapping(node) else None


def _plain(value: Any) -> Any:
    """Return a payload as the vendor gets it: a text in the place of a reference to a secret."""
    if isinstance(value, dict):
        if _is_reference(value):
            return "secret"
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _known(faults: Iterable[Fault], payload: Any) -> Iterator[Fault]:
    for fault in faults:
        value = value_at(payload, fault.path)
        is_unknown = _is_reference(value) or (isinstance(value, list) and any(map(_is_reference, value)))
        if not (fault.of_text and is_unknown):
            yield fault


def _is_reference(value: Any) -> bool:
    """Return whether a value of a payload stands for a secret."""
    if not isinstance(value, dict) or set(value) != {"secret"}:
        return False
    scheme, colon, _ = str(value["secret"]).partition(":")
    return bool(colon) and scheme in secret_schemes()


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
