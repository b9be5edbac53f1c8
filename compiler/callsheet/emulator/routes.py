"""Compiled actions → what the emulator answers to: calls of actions, and the token calls before them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.contracts.operations import Operation
from callsheet.emulator.standins import Standins
from callsheet.language import Environment

_REFERENCE = re.compile(r'"(?:\$)?secret": ?"((?:[^"\\]|\\.)*)"')


class Route(Struct, frozen=True, kw_only=True):
    """One call that the emulator answers.

    Attributes:
        name: of the action.
        environment: for which it is compiled.
        host: with its port, where it is written.
        path: what a path must match.
        is_token: is it the call for a token, before the action's own?
        operation: of the action's contract, or None.

    """

    name: str
    environment: str
    method: str
    host: re.Pattern[str]
    path: re.Pattern[str]
    is_token: bool
    compiled: Mapping[str, Any]
    operation: Operation | None

    @property
    def authentication(self) -> Mapping[str, Any]:
        """How the action proves who calls."""
        found: Mapping[str, Any] = self.compiled["authentication"]
        return found

    @property
    def secrets(self) -> Standins:
        """What stands in for the action's secrets."""
        return Standins(self.compiled)


def routes_of(
    compiled: Mapping[str, Any], environment: str, operation: Operation | None
) -> Iterator[Route]:
    """Yield the routes of one compiled action: its call, and the one for its token, where it has one."""
    request, authentication = compiled["request"], compiled["authentication"]
    yield _route(compiled, environment, operation, request["url"], request["method"], is_token=False)
    if authentication["type"] == "oauth2":
        yield _route(compiled, environment, None, authentication["tokenUrl"], "POST", is_token=True)
    elif authentication["type"] == "custom":
        method = authentication["method"]
        yield _route(compiled, environment, None, authentication["endpoint"], method, is_token=True)


def routes_in(
    compiled: Compiled,
    environments: Sequence[Environment],
    operation_of: Callable[[str], Operation | None],
) -> list[Route]:
    """Return the routes of every action of a workspace, in these environments.

    Args:
        compiled: the workspace.
        environments: in which actions are played.
        operation_of: returns the operation of an action's contract, by the action's name.

    """
    operations = {name: operation_of(name) for name in compiled.actions}
    return [
        route
        for environment in environments
        for one in compiled.by_environment.get(environment.name, {}).values()
        if one.name in compiled.actions
        for route in routes_of(one.content, environment.name, operations[one.name])
    ]


def _route(
    compiled: Mapping[str, Any],
    environment: str,
    operation: Operation | None,
    url: Any,
    method: str,
    *,
    is_token: bool,
) -> Route:
    """Make the route of a URL; what stands for a value matches any text of its part."""
    parts = url["$concat"] if isinstance(url, dict) and "$concat" in url else [url]
    text = "".join(one if isinstance(one, str) else "\0" for one in parts)
    found = urlsplit(text)
    return Route(
        name=compiled["name"],
        environment=environment,
        method=method,
        host=re.compile(_pattern(found.netloc.lower(), r"[^/?#]+")),
        path=re.compile(_pattern(found.path or "/", r"[^/?#]+")),
        is_token=is_token,
        compiled=compiled,
        operation=operation,
    )


def _pattern(text: str, value: str) -> str:
    return value.join(re.escape(one) for one in text.split("\0")) + r"\Z"


def find_routes(routes: list[Route], host: str, path: str) -> list[Route]:
    """Return the routes of a host and path, whatever their method."""
    return [one for one in routes if one.host.match(host.lower()) and one.path.match(path)]


def references_of(routes: Sequence[Route]) -> set[str]:
    """Return every reference to a secret that the actions of some routes contain."""
    return {found for one in routes for found in _REFERENCE.findall(json.dumps(one.compiled))}
