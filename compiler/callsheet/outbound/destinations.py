"""Hosts that files of a workspace bring in, and to which a secret would go → a refusal, or nothing.

A secret goes to the service that it is for, or to a host that is named outside of the workspace
(`--allow-host`, CALLSHEET_ALLOW_HOSTS). The rest is refused before it is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from callsheet.documents import Path
from callsheet.errors import CallsheetError
from callsheet.language import Diagnostic
from callsheet.language.catalog import Spots
from callsheet.language.diagnostics import diagnose
from callsheet.outbound.hosts import AllowedHosts, origin_of

CODE = "CS961"
TOKEN_FIELDS = ("tokenUrl", "endpoint")


class Destination(Struct, frozen=True, kw_only=True):
    """A host to which something would go.

    Attributes:
        host: and `port`: of what is called; the port is 0 where it is not known.
        shown: both, as a message names them.
        what: what is there, as `the token endpoint`.
        references: to the secrets that would go there.
        spots: makes a finding in the document that brings it in.
        path: of the field, below the prefix of `spots`.

    """

    host: str
    port: int
    shown: str
    what: str
    references: tuple[str, ...]
    spots: Spots
    path: Path

    @property
    def sentence(self) -> str:
        """What would go where."""
        sent = ", ".join(self.references)
        return f"{self.what} is at {self.shown}" + (f", where {sent} would go" if sent else "")


class HostsNotAllowedError(CallsheetError):
    """A secret would go to hosts that only the workspace names.

    Attributes:
        findings: each host, with the line that brings it in.

    """

    def __init__(self, destinations: Sequence[Destination], where: str) -> None:
        hosts = list(dict.fromkeys(one.shown for one in destinations))
        options = " ".join(f"--allow-host {one}" for one in hosts)
        problems = [
            one.spots.value(one.path, one.sentence, do=f"if this is intended: --allow-host {one.shown}")
            for one in destinations
        ]
        documents = [one.spots.where(one.path)[0] for one in destinations]
        texts = {one.file: one.text for one in documents}
        self.findings: list[Diagnostic] = diagnose(problems, texts)
        super().__init__(
            CODE,
            f"{where} would send secrets to {_listed(hosts)}, which only files of the workspace name",
            help=f"if this is intended: {options}, or CALLSHEET_ALLOW_HOSTS={','.join(hosts)};"
            " no secret was read, and nothing was sent",
        )


def refuse_destinations(destinations: Iterable[Destination], allowed: AllowedHosts, where: str) -> None:
    """Refuse hosts that are not allowed by name; raises HostsNotAllowedError (CS961)."""
    found = [one for one in destinations if not allowed.allows(one.host, one.port)]
    if found:
        raise HostsNotAllowedError(found, where)


def token_destinations(authentication: Any, spots: Spots, prefix: Path) -> Iterable[Destination]:
    """Yield where an `authentication` requests a token; another gate refuses what is not a URL."""
    fields = authentication if isinstance(authentication, dict) else {}
    for field in TOKEN_FIELDS:
        origin = origin_of(fields[field]) if isinstance(fields.get(field), str) else None
        if origin is not None:
            yield Destination(
                host=origin.host,
                port=origin.port,
                shown=origin.shown,
                what="the token endpoint",
                references=references_in(fields),
                spots=spots,
                path=(*prefix, field),
            )


def references_in(value: Any) -> tuple[str, ...]:
    """Return the references to secrets in what is written, in their order, each once."""
    if isinstance(value, dict) and isinstance(value.get("secret"), str):
        return (value["secret"],)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(dict.fromkeys(one for item in inner for one in references_in(item)))


def _listed(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else f"{', '.join(hosts[:-1])} and {hosts[-1]}"
