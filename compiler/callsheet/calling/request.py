"""A compiled action × parameters → the one HTTP request that would leave; secrets stay references."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.calling.parameters import MOST_EXACT, NOT_FINITE, check_parameters, has_large_number
from callsheet.errors import CallsheetError
from callsheet.language.dot_segments import dot_segment
from callsheet.language.urls import secret_url
from callsheet.outbound.lines import header_value
from callsheet.outbound.urls import with_query
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filling import Reveal, SlotFiller
from callsheet.templates.scope import ABSENT, text_at
from callsheet.templates.urls import UrlWriter
from callsheet.templates.values import canonical_text


class DotSegmentError(CallsheetError):
    """A value would leave its place in a URL's path: the whole of a segment is `.` or `..`."""


MAX_URL = 65_536
"""No client sends a longer one."""


_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def build_request(
    compiled: Mapping[str, Any],
    params: Mapping[str, Any],
    reveal: Reveal = lambda reference: {"secret": reference},
) -> Request:
    """Fill a compiled action's slots; `reveal` returns the secrets, which stay references without it.

    Raises:
        CallsheetError: CS926 where the parameters do not fit, or a value cannot stand where it belongs.

    """
    declared = compiled.get("parameters", {})
    values = check_parameters(declared, params)
    filler = Filler(declared, values, reveal)
    request = compiled["request"]
    with _named(values):
        headers = {
            name: value
            for name, slot in request.get("headers", {}).items()
            if (value := filler.header(name, slot)) is not ABSENT
        }
        payload = _payload(filler, request)
        url = with_query(filler.url(request["url"]), "&".join(filler.query(request.get("query", {}))))
        if len(url) > MAX_URL:
            raise CallsheetError(
                "CS926",
                f"the URL would be longer than {MAX_URL:,} characters",
                help="send shorter values in it, or send them in the payload",
            )
        payload = _as_sent(payload)
    return Request(method=request["method"], url=url, headers=headers, payload=payload)


def build_payload(compiled: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Fill the slots of a compiled action's payload alone, with references to secrets as they are.

    Returns the payload of `build_request`: NO_PAYLOAD where the request has none.

    Raises:
        CallsheetError: CS926 as `build_request`, for what is in the payload.

    """
    declared = compiled.get("parameters", {})
    values = check_parameters(declared, params)
    filler = Filler(declared, values, lambda reference: {"secret": reference})
    with _named(values):
        return _as_sent(_payload(filler, compiled["request"]))


@contextmanager
def _named(values: Mapping[str, Any]) -> Iterator[None]:
    """Refuse what does not fit while slots are filled, with the parameters that cannot be written."""
    try:
        yield
    except TemplateFault as fault:
        raise CallsheetError("CS926", fault.message, help=fault.help) from None
    except (ValueError, RecursionError):
        raise _unwritable(values) from None


def _payload(filler: Filler, request: Mapping[str, Any]) -> Any:
    payload = filler.fill(request["payload"]) if "payload" in request else ABSENT
    return NO_PAYLOAD if payload is ABSENT else payload


def _as_sent(payload: Any) -> Any:
    """Return a payload as it is sent: 1.0 is written as 1 there, and what is shown is what leaves."""
    return payload if payload is NO_PAYLOAD else json.loads(canonical_text(payload))


def _unwritable(values: Mapping[str, Any]) -> CallsheetError:
    """Name the parameters that no JSON contains exactly; a filter may have made such a value, too."""
    return CallsheetError(
        "CS926",
        "a value cannot be written as JSON",
        help="look for numbers beyond 2^53 and for unpaired surrogates",
        details=tuple(
            f"`{name}` {words}" for name, value in values.items() if (words := _unwritten(value))
        ),
    )


def _unwritten(value: Any) -> str:
    """Say what of a parameter's value JSON has no form for; empty where it has one for all of it."""
    if has_large_number(value):
        return f"contains a whole number beyond {MOST_EXACT}, which JSON does not keep: send it as a string"
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return NOT_FINITE
    return "contains half of a surrogate pair, which is no character" if _SURROGATE.search(text) else ""


_STANDS_FOR_A_SECRET = re.compile("\ue000[^\ue000\ue001]*\ue001")
"""What an export puts into the place of a secret: the name of a variable."""


def shown_in_query(reference: str) -> str:
    """Return a reference as it is shown in a query: to be read, and without what ends a pair there."""
    return f"{{{quote(reference, safe=_IN_QUERY)}}}"


_IN_QUERY = ":/@!$'()*,;=?[]{}|"


class Filler(SlotFiller):
    """Fills the slots of a compiled action or message, and what stands outside of its payload."""

    def header(self, name: str, node: Any) -> Any:
        """Return a header's value: a text that stays in its line, or a reference to a secret."""
        if isinstance(node, dict) and "secret" in node:
            secret = self.reveal(node["secret"])
            if not isinstance(secret, str) or _STANDS_FOR_A_SECRET.fullmatch(secret):
                return secret
            return header_value(secret, node["secret"])
        value = self.fill(node)
        if value is ABSENT:
            return ABSENT
        text = text_at(value, 0)
        if found := _CONTROL.search(text):
            what = (
                "a line break" if found[0] in "\r\n\u2028\u2029" else "a control character, such as a tab"
            )
            raise TemplateFault(
                "CS926",
                0,
                f"the header `{name}` would contain {what}",
                "set the parameter to one line",
            )
        if not text.isascii():
            raise TemplateFault(
                "CS926",
                0,
                f"the header `{name}` would contain a character that is not ASCII",
                "exclude it by a `pattern`, encode it (`| urlencode`), or send it in the payload",
            )
        if text.strip(" ") != text:
            raise TemplateFault(
                "CS926",
                0,
                f"the header `{name}` would begin or end with a space, which no header can",
                "set the parameter to a value without it, or write `| trim`",
            )
        return text

    def query(self, fields: Mapping[str, Any]) -> list[str]:
        """Return the query parameters, encoded; a missing one is left out, a secret is `{reference}`."""
        found = []
        for name, node in fields.items():
            if isinstance(node, dict) and "secret" in node:
                shown = self.reveal(node["secret"])
                text = quote(shown, safe="") if isinstance(shown, str) else shown_in_query(node["secret"])
                found.append(f"{quote(name, safe='')}={text}")
                continue
            value = self.fill(node)
            if value is not ABSENT:
                found.append(f"{quote(name, safe='')}={quote(text_at(value, 0), safe='')}")
        return found

    def url(self, node: Any) -> str:
        """Return the URL, values percent-encoded for their place."""
        writer = UrlWriter()
        for part in node["$concat"] if isinstance(node, dict) else [node]:
            if isinstance(part, str):
                if part.startswith("/"):
                    # After a secret URL, which may end with the slash that the path begins with.
                    writer.text = writer.text.removesuffix("/")
                writer.literal(part)
            elif "$secret" in part:
                writer.text = _as_secret_says(writer.text, part["$secret"], self.reveal(part["$secret"]))
            else:
                text = text_at(self.fill(part), 0)
                if not text and writer.part == "path":
                    raise TemplateFault(
                        "CS926",
                        0,
                        "a part of the URL's path would be empty",
                        "set the parameter to a value",
                    )
                writer.placed(text, 0, encoded=_is_encoded(part))
        whole = secret_url(node)
        if whole is not None and len(node["$concat"]) > 2 and "?" in writer.text:
            raise CallsheetError(
                "CS341",
                f"{whole.reference} has a query, and the action writes a path after it",
                help="remove the `path`, or take the query out of the secret",
            )
        found = dot_segment(writer.text)
        if found is not None:
            raise DotSegmentError(
                "CS926",
                f"a segment of the URL's path would be `{found}`, which clients remove",
                help="set the parameter to another value; a `pattern` rejects such values",
            )
        return writer.text


def _as_secret_says(head: str, reference: str, secret: Any) -> str:
    """Return the URL that a secret is; with its reference after the head where it stays one.

    Raises:
        CallsheetError: CS341 where it is not a URL over https of the host that the action states.

    """
    if not isinstance(secret, str):
        return f"{head}{{{reference}}}"
    known = secret[: len(head)].lower() == head.lower()
    rest = secret[len(head) :]
    if not known or not _REST_OF_URL.fullmatch(rest):
        raise CallsheetError(
            "CS341",
            f"{reference} is not a URL that begins with {head}",
            help="correct the secret, or the `host` of the URL",
        )
    return head + rest


_REST_OF_URL = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=\ue000\ue001]|%[0-9A-Fa-f]{2})*")


def _is_encoded(part: Mapping[str, Any]) -> bool:
    filters = part.get("filters") or [""]
    return bool(filters[-1] == "urlencode")
