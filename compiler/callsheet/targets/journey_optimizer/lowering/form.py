"""A compiled action → its form: every field with what becomes of it, and how near that comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Path
from callsheet.language.action import label_of
from callsheet.language.layers import PAYLOAD
from callsheet.targets.journey_optimizer.lowering import payloads
from callsheet.targets.journey_optimizer.lowering.authentication import lowered_authentication
from callsheet.targets.journey_optimizer.lowering.conversions import as_text
from callsheet.targets.journey_optimizer.lowering.labels import PATH_LABEL, labels_for
from callsheet.targets.journey_optimizer.lowering.leaves import Leaves
from callsheet.targets.journey_optimizer.lowering.model import (
    EXACT,
    ComputedVariable,
    Form,
    LoweredField,
    NeedsRelayError,
    Verdict,
    relay,
    rough,
)
from callsheet.targets.journey_optimizer.lowering.references import source_of
from callsheet.targets.journey_optimizer.lowering.responses import response_fields
from callsheet.targets.journey_optimizer.lowering.template_payloads import unfolded
from callsheet.targets.journey_optimizer.lowering.urls import LoweredUrl, lowered_url
from callsheet.targets.journey_optimizer.lowering.values import UNKNOWN, Value

METHODS = ("GET", "POST", "PUT")
WITH_PAYLOAD = ("POST", "PUT")
ENCODING = 5
NULL_OF_A_FILLED_VARIABLE = 6
TWO_SECRETS = "a secret beside the authentication: it is a constant on the screen, where people can read it"
TWO_IN_QUERY = (
    "a second secret in the query: the screen holds one, and shows query parameters to whoever opens it"
)


def lowered(compiled: Mapping[str, Any], language: str = "en") -> Form:
    """Return the form of a compiled action, with labels and placeholders in a language.

    The action must be whole, as `compile` makes it. Nothing is refused here: what a journey cannot do has
    the verdict `relay`, with the reason.
    """
    return _Lowering(compiled, Leaves(compiled.get("parameters", {}), language)).form()


def secret_field(path: Path, reference: str) -> LoweredField:
    """Return what becomes of a secret beside the authentication, in a header or in the query."""
    if path[1] == "query":
        return LoweredField(path=path, kind="none", verdict=relay(TWO_IN_QUERY))
    return LoweredField(path=path, kind="secret", value=reference, verdict=Verdict(reason=TWO_SECRETS))


class _Lowering(Struct, frozen=True):
    compiled: Mapping[str, Any]
    leaves: Leaves

    def form(self) -> Form:
        request = self.compiled["request"]
        url, url_field = self._url(request["url"])
        query = {**url.query, **request.get("query", {})}
        authentication = lowered_authentication(self.compiled["authentication"])
        found = [
            self._method(request["method"]),
            url_field,
            *self._pairs("headers", request.get("headers", {})),
            *self._pairs("query", query),
            *self._payload(request),
            LoweredField(path=("authentication",), kind="authentication", verdict=authentication.verdict),
            *response_fields(self.compiled.get("responses") or {}),
        ]
        fields = {one.path: one for one in self._labelled(self._under_one_switch(found))}
        sections: dict[str, dict[str, LoweredField]] = {"headers": {}, "query": {}}
        for path, one in fields.items():
            if len(path) > 2:
                sections.get(payloads.section_of(path), {})[str(path[2])] = one
        computed = [one.computed for one in fields.values() if one.computed is not None]
        return Form(
            url=url.static,
            path=fields["request", "url"].computed,
            headers=sections["headers"],
            query=sections["query"],
            authentication=authentication,
            payload=self._pasted(request, fields),
            allow_null=self._allow_null(fields),
            variables=tuple(computed),
            fields=fields,
        )

    # -- fields -----------------------------------------------------------------------------

    def _method(self, method: str) -> LoweredField:
        fits = method in METHODS
        verdict = (
            EXACT if fits else relay(f"Journey Optimizer calls with GET, POST or PUT, and not {method}")
        )
        return LoweredField(
            path=("request", "method"), kind="constant" if fits else "none", value=method, verdict=verdict
        )

    def _url(self, url: Any) -> tuple[LoweredUrl, LoweredField]:
        path: Path = ("request", "url")
        try:
            found = lowered_url(url, self.leaves)
            if found.path is None:
                return found, LoweredField(path=path, kind="static", value=found.static)
            return found, replace(self._computed(path, found.path), value=found.static)
        except NeedsRelayError as error:
            field = LoweredField(path=path, kind="none", verdict=error.verdict)
            return LoweredUrl(static="", path=None, query={}), field

    def _pairs(self, section: str, pairs: Mapping[str, Any]) -> Iterator[LoweredField]:
        for name, value in pairs.items():
            path: Path = ("request", section, name)
            if name[:1] in (".", "$"):
                verdict = relay(f"the screen takes no name that begins with `{name[0]}`", "name")
                yield LoweredField(path=path, kind="none", verdict=verdict)
            elif section == "headers" and name.lower() == "content-type":
                yield self._content_type(path, value)
            elif isinstance(value, dict) and "secret" in value:
                yield secret_field(path, value["secret"])
            elif isinstance(value, dict):
                yield self._in_text(path, value)
            else:
                yield payloads.constant_field(path, value)

    def _content_type(self, path: Path, value: Any) -> LoweredField:
        media = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
        if media == "application/json" or (media.startswith("application/") and media.endswith("+json")):
            return payloads.constant_field(path, value)
        return LoweredField(
            path=path, kind="none", verdict=relay("the screen takes no Content-Type but that of JSON")
        )

    def _in_text(self, path: Path, leaf: Any) -> LoweredField:
        """Lower a header or a query parameter, which is a string; whole, it may be left out."""
        try:
            value = self.leaves.value(leaf)
            field = self._variable(path, value) if value.plain else None
            if field is None or value.kind == UNKNOWN:
                field = self._computed(path, self.leaves.always(as_text(value)))
            else:
                as_written = as_text(value)
                verdict = rough(*as_written.differences, unverified=field.verdict.unverified)
                field = replace(field, verdict=verdict)
        except NeedsRelayError as error:
            return LoweredField(path=path, kind="none", verdict=error.verdict)
        if path[1] != "query":
            return field
        unverified = tuple(sorted({*field.verdict.unverified, ENCODING}))
        return replace(field, verdict=replace(field.verdict, unverified=unverified))

    def _payload(self, request: Mapping[str, Any]) -> Iterator[LoweredField]:
        if "payload" not in request:
            return
        walk = payloads.PayloadFields(self._leaf)
        if request["method"] in WITH_PAYLOAD:
            try:
                yield from walk.fields(self._structure(request["payload"]))
            except NeedsRelayError as error:
                yield LoweredField(path=PAYLOAD, kind="none", verdict=error.verdict)
            return
        reason = relay(f"Journey Optimizer sends no payload with {request['method']}", "no-payload")
        for one in walk.fields(request["payload"]):
            yield LoweredField(path=one.path, kind="none", verdict=reason)

    def _structure(self, payload: Any) -> Any:
        """Return a payload as fields, also where it comes from a template file."""
        if isinstance(payload, dict) and isinstance(payload.get("$template"), dict):
            return unfolded(payload["$template"], self.leaves.declared)
        return payload

    def _leaf(self, path: Path, leaf: Any) -> LoweredField:
        """Lower a leaf of the payload by itself."""
        if not payloads.is_slot(leaf):
            return payloads.constant_field(path, leaf)
        if "$secret" in leaf:
            return LoweredField(
                path=path, kind="secret", value=leaf["$secret"], verdict=Verdict(reason=TWO_SECRETS)
            )
        try:
            value = self.leaves.value(leaf)
            if value.plain and value.kind != UNKNOWN:
                return self._variable(path, value)
            if value.constant:
                return payloads.constant_field(path, value.constant[0])
            if value.kind == UNKNOWN:
                value = as_text(value)
            return self._computed(path, self.leaves.always(value))
        except NeedsRelayError as error:
            return LoweredField(path=path, kind="none", verdict=error.verdict)

    # -- variables --------------------------------------------------------------------------

    def _variable(self, path: Path, value: Value) -> LoweredField:
        """Return a parameter as a variable of its own."""
        (name,) = value.references
        if value.kind == "object":
            raise NeedsRelayError(f"Journey Optimizer has no type for the object `{name}`", "array")
        if value.kind == "listAny":
            raise NeedsRelayError(
                f"the list `{name}` declares no type of its items, and cannot be mapped", "array"
            )
        fields = self.leaves.declared[name]
        optional = bool(fields.get("optional"))
        return LoweredField(
            path=path,
            kind="variable",
            label=label_of(self.leaves.declared, name, self.leaves.language),
            type=value.kind,
            parameter=name,
            optional=optional,
            verdict=Verdict(unverified=(NULL_OF_A_FILLED_VARIABLE,) if optional else ()),
        )

    def _computed(self, path: Path, value: Value) -> LoweredField:
        """Return a value as a computed variable, which gets its label when all are known."""
        if value.kind in ("object", "listAny", "listObject"):
            raise NeedsRelayError(f"a journey's expression does not result in {value.kind}")
        declared, language = self.leaves.declared, self.leaves.language
        variable = ComputedVariable(
            label="",
            type=value.kind,
            expression=value.expression.text,
            references=value.references,
            complete=all(source_of(declared, one, language) for one in value.references),
            verdict=value.verdict,
        )
        return LoweredField(
            path=path, kind="computed", type=value.kind, verdict=value.verdict, computed=variable
        )

    def _labelled(self, fields: list[LoweredField]) -> Iterator[LoweredField]:
        declared, language = self.leaves.declared, self.leaves.language
        taken = {label_of(declared, name, language) for name in declared} | {PATH_LABEL}
        paths = [one.path for one in fields if one.computed is not None and len(one.path) > 2]
        labels = labels_for(paths, taken)
        for one in fields:
            if one.computed is None:
                yield one
                continue
            label = labels.get(one.path, PATH_LABEL)
            yield replace(one, label=label, computed=replace(one.computed, label=label))

    # -- the switch of nulls ----------------------------------------------------------------

    def _sends_null(self, field: LoweredField) -> bool:
        """Return whether a field is to be sent as null, always or where its parameter is missing."""
        if payloads.section_of(field.path) != "payload" or isinstance(field.path[-1], int):
            return False
        if field.kind == "constant":
            return field.value is None
        fields = self.leaves.declared.get(field.parameter, {})
        return field.optional and fields.get("whenMissing", "drop") is None

    def _under_one_switch(self, fields: list[LoweredField]) -> list[LoweredField]:
        """Note what *Allow NULL values*, one switch for the action, does to other fields."""
        if not any(self._sends_null(one) for one in fields):
            return fields
        return [self._switched(one) for one in fields]

    def _switched(self, field: LoweredField) -> LoweredField:
        in_payload = payloads.section_of(field.path) == "payload"
        if (
            not (in_payload and field.optional)
            or self._sends_null(field)
            or isinstance(field.path[-1], int)
        ):
            return field
        differs = f"where `{field.parameter}` has no value, the field is sent as null and not left out"
        return replace(field, verdict=rough(differs, unverified=field.verdict.unverified, topic="switch"))

    def _allow_null(self, fields: Mapping[Path, LoweredField]) -> bool | None:
        if any(self._sends_null(one) for one in fields.values()):
            return True
        return False if any(one.optional for one in fields.values()) else None

    def _pasted(self, request: Mapping[str, Any], fields: Mapping[Path, LoweredField]) -> Any:
        """Return the payload to paste; None where a field of it is made by the relay."""
        here = [one for path, one in fields.items() if payloads.section_of(path) == "payload"]
        if not here or any(one.kind == "none" for one in here):
            return None
        return payloads.pasted(self._structure(request["payload"]), fields)
