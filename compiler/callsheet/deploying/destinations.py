"""An environment → the hosts that its target and ledger would call, as far as the workspace names them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from callsheet.documents.git import top_around
from callsheet.language import Environment
from callsheet.language.catalog import Spots
from callsheet.outbound.destinations import (
    CODE,
    Destination,
    references_in,
    refuse_destinations,
    token_destinations,
)
from callsheet.outbound.hosts import AllowedHosts, origin_of
from callsheet.outbound.secrets import resolve

_URLS = {"http": ("url",), "postgresql": ("url",), "journey-optimizer": ("api.url", "api.tokenUrl")}
"""Where the options of a target or ledger refer to a URL that is called, by type."""


def refuse_strange_hosts(environment: Environment, root: Path, allowed: AllowedHosts) -> None:
    """Refuse an environment whose secrets would go to a host that only the workspace names.

    The service's own host is the one to which its reference leads: only that reference is resolved for
    it, and only where another host has to be compared with it.

    Raises:
        HostsNotAllowedError: CS961.
        CallsheetError: CS602, CS606 for the reference to the URL.

    """
    found = [*_of_files(environment, root), *_of_tokens(environment, allowed)]
    if found:
        import callsheet.rules  # noqa: F401 - fills the catalog: what comes from the cache needs no rule
    refuse_destinations(found, allowed, f"the target of {environment.name}")


def _of_tokens(environment: Environment, allowed: AllowedHosts) -> Iterator[Destination]:
    """Yield the token endpoints of a Target that are not at its service."""
    target, document = environment.target or {}, environment.collection
    if document is None:
        return
    authentication = document.value["spec"].get("authentication")
    spots = Spots(CODE, document)
    for one in token_destinations(authentication, spots, ("spec", "authentication")):
        if not allowed.allows(one.host, one.port):
            own = origin_of(resolve(target["url"]["secret"]))
            if own is None or (own.host, own.port) != (one.host, one.port):
                yield one


def _of_files(environment: Environment, root: Path) -> Iterator[Destination]:
    """Yield the URLs that a file of the workspace contains: whoever commits it names the host."""
    top = top_around(root) or root
    spots = Spots(CODE, environment.document)
    for part in ("target", "ledger"):
        options = getattr(environment, part)
        if part == "ledger" and options is environment.target:
            continue
        collection = environment.collection if part == "target" else None
        others = {key: one for key, one in options.items() if key != "url"}
        secrets = references_in([others, None if collection is None else collection.value["spec"]])
        for name in _URLS.get(options["type"], ()):
            value: Any = options
            for step in name.split("."):
                value = value.get(step) if isinstance(value, dict) else None
            for reference in references_in(value):
                if _is_inside(reference, top):
                    path = ("spec", part, *name.split("."))
                    yield from _of_file(reference, options["type"], secrets, spots, path)


def _of_file(
    reference: str, kind: str, secrets: Sequence[str], spots: Spots, path: tuple[str | int, ...]
) -> Iterator[Destination]:
    """Yield the hosts of one URL; what is not a URL is never called."""
    for host, port, shown in _hosts_of(kind, resolve(reference), reference):
        yield Destination(
            host=host,
            port=port,
            shown=shown,
            what=f"the content of {reference}, a file of the workspace,",
            references=tuple(one for one in secrets if one != reference),
            spots=spots,
            path=path,
        )


def _hosts_of(kind: str, url: str, reference: str) -> Iterator[tuple[str, int, str]]:
    if kind == "postgresql":
        from callsheet.databases.postgresql_connecting import hosts_of

        for host, port in hosts_of(url, reference):
            yield host, port, f"{host}:{port}"
        return
    origin = origin_of(url)
    if origin is not None:
        yield origin.host, origin.port, origin.shown


def _is_inside(reference: str, top: Path) -> bool:
    """Return whether a reference leads to a file of the repository, also by a link."""
    scheme, _, place = reference.partition(":")
    if scheme != "file":
        return False
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(top))
