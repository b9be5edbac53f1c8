"""The emulator's page: what came, live, and how the services are to fail; it asks no other host."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.emulator.faults import FAULTS
from callsheet.emulator.routes import Route
from callsheet.markup import write_html


def page_of(routes: Sequence[Route], nonce: str, revision: int = 0, old: str = "") -> str:
    """Return the page, whose style and script are allowed by a nonce (Content Security Policy).

    Args:
        routes: what is played.
        nonce: a fresh one.
        revision: of what is played; the page loads itself again when another one is.
        old: why it is not what the files say now; empty where it is.

    """
    played = sorted({(one.name, one.environment, one.method, _shown(one)) for one in routes})
    return write_html(
        "emulator/page.html.j2", played=played, faults=FAULTS, nonce=nonce, revision=revision, old=old
    )


def _shown(route: Route) -> str:
    def plain(pattern: str) -> str:
        return pattern.removesuffix(r"\Z").replace(r"[^/?#]+", "{…}").replace("\\", "")

    return plain(route.host.pattern) + plain(route.path.pattern) + (" (token)" if route.is_token else "")
