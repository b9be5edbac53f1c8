"""A call that came → what the emulator shows of it: references for stand-ins, and nothing of a credential.

Whoever tries the emulator may call it as the real service is called, with a real key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from msgspec import Struct

from callsheet.documents import equal
from callsheet.emulator.routes import Route
from callsheet.language.credential_names import is_credential, is_secret_key, judged_path, last_key
from callsheet.language.credential_texts import named_in
from callsheet.language.secret_patterns import secret_kind
from callsheet.outbound.masking import HIDDEN, without_secrets

_PAIR = re.compile(r"([^&=]+)=([^&]*)")
_LOGIN = re.compile(r"(?<=://)[^/?#@]+@")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z-]* (?=\S)")


class Shown(Struct, frozen=True):
    """How the calls to an action are shown.

    Attributes:
        hidden: what stands in for secrets, each with the reference that is shown.
        names: in small letters, what the credentials of the action are called.

    """

    hidden: Mapping[str, str]
    names: frozenset[str]

    def url(self, url: str) -> str:
        """Return a URL without its login, the segments and the parameters that are credentials."""
        base, mark, query = self._without_standins(url).partition("?")
        base = _LOGIN.sub(f"{HIDDEN}@", base)
        origin, slash, path = base.partition("://")[2].partition("/")
        scheme = base.partition("://")[0]
        segments = "/".join(HIDDEN if secret_kind(unquote(one)) else one for one in path.split("/"))
        if secret_kind(f"{scheme}://{origin}/{segments}"):
            segments = HIDDEN
        return f"{scheme}://{origin}{slash}{segments}{mark}{self._pairs(query)}"

    def header(self, name: str, value: str) -> str:
        """Return the value of a header; a scheme before a credential is shown."""
        shown = self._without_standins(value)
        return self._without_credential(shown) if self._is_credential(name, shown) else shown

    def body(self, text: str) -> str:
        """Return a body as it came; JSON with a credential is written again, without it."""
        shown = self._without_standins(text)
        try:
            value = json.loads(shown)
            without = self._without_credentials(value, ())
            return shown if equal(value, without) else json.dumps(without, ensure_ascii=False)
        except RecursionError:
            return HIDDEN
        except ValueError:
            return self._pairs(shown)

    def _pairs(self, query: str) -> str:
        def pair(match: re.Match[str]) -> str:
            name, held = unquote_plus(match[1]), unquote_plus(match[2])
            is_one = self._is_credential(name, held)
            return f"{match[1]}={self._without_credential(held)}" if is_one else match[0]

        return _PAIR.sub(pair, query)

    def _without_credentials(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._without_credentials(one, judged_path((*path, key), value))
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._without_credentials(one, path) for one in value]
        is_one = isinstance(value, str) and (
            is_secret_key(path, value)
            or last_key(path).lower() in self.names
            or secret_kind(value)
            or named_in(value)
        )
        return self._without_credential(value) if is_one else value

    def _is_credential(self, name: str, held: str) -> bool:
        return bool(held) and (name.lower() in self.names or is_credential(name, held))

    def _without_credential(self, held: str) -> str:
        """Hide a credential; a reference that stands for one is shown, also after a scheme."""
        scheme = _SCHEME.match(held)
        start, rest = (scheme[0], held[scheme.end() :]) if scheme else ("", held)
        stand_for_one = {HIDDEN, *(f"{{{one}}}" for one in self.hidden.values())}
        return held if rest in stand_for_one else f"{start}{HIDDEN}"

    def _without_standins(self, text: str) -> str:
        for hidden, reference in self.hidden.items():
            text = text.replace(hidden, f"{{{reference}}}")
        shown = without_secrets(text, self.hidden)
        # A pair of basic authentication, an assertion: nothing of them is shown.
        return re.sub(r"(?i)\b(Basic |assertion=)[A-Za-z0-9+/=_.-]+", rf"\1{HIDDEN}", shown)


def credential_names(routes: Iterable[Route]) -> frozenset[str]:
    """Return in small letters what the credentials of actions are called, as their authors named them."""
    return frozenset(name.lower() for one in routes for name in _names(one))


def _names(route: Route) -> Iterator[str]:
    authentication, request = route.authentication, route.compiled["request"]
    yield from (str(authentication[one]) for one in ("name", "tokenTarget") if one in authentication)
    for part in ("headers", "query"):
        for name, value in (request.get(part) or {}).items():
            if isinstance(value, dict) and "secret" in value:
                yield name
