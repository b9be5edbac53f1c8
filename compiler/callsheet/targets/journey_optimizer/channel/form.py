"""A compiled action → the form of a custom channel: its screen, its channel configuration, and its content.

The channel is called by POST over https with JSON; its headers and query parameters are constants or are
filled in the channel configuration; the payload is written by whoever edits a message, as text with
personalization. What no channel can do has the verdict `relay`, as in lowering.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Path
from callsheet.language.layers import PAYLOAD
from callsheet.targets.journey_optimizer.channel.content import PayloadWriter
from callsheet.targets.journey_optimizer.channel.leaves import Leaves
from callsheet.targets.journey_optimizer.channel.samples import sample_payload
from callsheet.targets.journey_optimizer.lowering import payloads
from callsheet.targets.journey_optimizer.lowering.authentication import lowered_authentication
from callsheet.targets.journey_optimizer.lowering.form import secret_field
from callsheet.targets.journey_optimizer.lowering.model import (
    Form,
    LoweredAuthentication,
    LoweredField,
    NeedsRelayError,
    Verdict,
    relay,
    rough,
)
from callsheet.templates.faults import TemplateFault

POST_ONLY = "a custom channel calls with POST and nothing else"
HTTPS_ONLY = "a custom channel calls over https only"
FIXED_URL = "the URL of a custom channel is fixed: no parameter stands in it"
NO_AUTHENTICATION = "a custom channel authenticates by API key, Basic or OAuth 2.0, and in no other way"
OAUTH = "what the payload of OAuth 2.0 looks like on this screen is not documented: these are its values"
CONFIGURED = (
    "it is filled in the channel configuration: whether a journey's data is there is not documented"
)
LEFT_OUT = "a header or a query parameter of a channel is never left out"
NO_PAYLOAD = "a custom channel sends a payload with each call"


def channel_form(compiled: Mapping[str, Any], language: str = "en") -> Form:
    """Return the form of a compiled action as a custom channel; the action must be whole."""
    return _Channel(compiled, Leaves(compiled.get("parameters", {}), language)).form()


class _Channel(Struct, frozen=True):
    compiled: Mapping[str, Any]
    leaves: Leaves

    def form(self) -> Form:
        request = self.compiled["request"]
        authentication = _authentication(self.compiled["authentication"])
        writer = PayloadWriter(self.leaves)
        content = writer.content(request["payload"]) if "payload" in request else None
        found = [
            self._method(request["method"]),
            self._url(request["url"]),
            *self._pairs("headers", request.get("headers", {})),
            *self._pairs("query", request.get("query", {})),
            *(writer.fields if content is not None or writer.fields else self._nothing()),
            LoweredField(path=("authentication",), kind="authentication", verdict=authentication.verdict),
        ]
        fields = {one.path: one for one in found}
        sample = None
        if not any(one.verdict.needs_relay for one in fields.values()):
            try:
                sample = sample_payload(request["payload"], self.leaves.declared)
            except TemplateFault as fault:
                reason = f"no sample can be made of the payload: {fault.message}"
                fields[PAYLOAD] = LoweredField(path=PAYLOAD, kind="none", verdict=relay(reason))
        url = request["url"]
        return Form(
            url=url if isinstance(url, str) else "",
            path=None,
            headers={
                str(path[2]): one for path, one in fields.items() if path[:2] == ("request", "headers")
            },
            query={str(path[2]): one for path, one in fields.items() if path[:2] == ("request", "query")},
            authentication=authentication,
            payload=sample,
            allow_null=None,
            variables=(),
            fields=fields,
            content=None if sample is None else content,
        )

    def _method(self, method: str) -> LoweredField:
        verdict = Verdict() if method == "POST" else relay(POST_ONLY)
        return LoweredField(path=("request", "method"), kind="constant", value=method, verdict=verdict)

    def _url(self, url: Any) -> LoweredField:
        path: Path = ("request", "url")
        if not isinstance(url, str):
            return LoweredField(path=path, kind="none", verdict=relay(FIXED_URL))
        if not url.lower().startswith("https://"):
            return LoweredField(path=path, kind="none", verdict=relay(HTTPS_ONLY))
        return LoweredField(path=path, kind="static", value=url)

    def _nothing(self) -> Iterator[LoweredField]:
        yield LoweredField(path=PAYLOAD, kind="none", verdict=relay(NO_PAYLOAD))

    def _pairs(self, section: str, pairs: Mapping[str, Any]) -> Iterator[LoweredField]:
        for name, value in pairs.items():
            path: Path = ("request", section, name)
            if not isinstance(value, dict):
                yield payloads.constant_field(path, value)
            elif "secret" in value:
                yield secret_field(path, value["secret"])
            else:
                yield self._configured(path, value)

    def _configured(self, path: Path, leaf: Any) -> LoweredField:
        """Return a header or a query parameter that the channel configuration fills in."""
        try:
            written = self.leaves.written(leaf)
            if written.missing:
                raise NeedsRelayError(LEFT_OUT)
        except NeedsRelayError as error:
            return LoweredField(path=path, kind="none", verdict=error.verdict)
        verdict = rough(*written.differences).noting(CONFIGURED)
        return LoweredField(
            path=path,
            kind="content",
            value=written.text,
            label=str(path[2]),
            type="string",
            verdict=verdict,
        )


def _authentication(written: Mapping[str, Any]) -> LoweredAuthentication:
    """Return how a channel authenticates; what is its own, as a certificate of yours, is for the relay."""
    if written["type"] == "oauth2" and written["grant"] == "client_credentials":
        fields = {
            one: written[one]
            for one in ("tokenUrl", "grant", "clientId", "clientSecret", "scopes", "audience")
            if written.get(one)
        }
        if "clientCertificate" not in written:
            return LoweredAuthentication(
                type="oauth2", fields=fields, payload=None, warnings=(OAUTH,), verdict=Verdict()
            )
    if written["type"] in ("none", "basic", "apiKey", "bearer"):
        return replace(lowered_authentication(written), warnings=())
    return LoweredAuthentication(
        type="", fields={}, payload=None, warnings=(), verdict=relay(NO_AUTHENTICATION)
    )
