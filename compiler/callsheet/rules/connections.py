"""CS322 to CS324: connections, and the actions that name them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from callsheet.documents import Problem, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.connection import Parts
from callsheet.language.environment import own_spots
from callsheet.language.subjects import Facts
from callsheet.words import nearest

declare(
    "CS322",
    "unknown-connection",
    """An action must name a connection of the workspace.

Bad:
    apiVersion: callsheet/v1
    kind: Connection
    metadata: {name: braze}
    spec: {url: "https://rest.iad-01.braze.com"}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: newsletter}
    spec: {connection: braze, request: {method: POST, path: /messages/send}}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: reminder}
    spec: {connection: brase, request: {method: POST, path: /messages/send}}
Good:
    apiVersion: callsheet/v1
    kind: Connection
    metadata: {name: braze}
    spec: {url: "https://rest.iad-01.braze.com"}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: newsletter}
    spec: {connection: braze, request: {method: POST, path: /messages/send}}
""",
    adjustable=False,
)


declare(
    "CS345",
    "connection-without-url",
    """An action that has only a path must name a connection with a `url`, to which the path is added.

Bad:
    apiVersion: callsheet/v1
    kind: Connection
    metadata: {name: braze}
    spec: {limits: {timeout: 8s}}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: newsletter}
    spec: {connection: braze, request: {method: POST, path: /messages/send, payload: {a: 1}}}
Good:
    apiVersion: callsheet/v1
    kind: Connection
    metadata: {name: braze}
    spec: {url: "https://rest.iad-01.braze.com", limits: {timeout: 8s}}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: newsletter}
    spec: {connection: braze, request: {method: POST, path: /messages/send, payload: {a: 1}}}
""",
    adjustable=False,
)


def without_url(action: Definition) -> list[Problem]:
    """Return that the connection of an action has no URL, where the action itself has none."""
    connection, request = action.connection, action.spec.get("request")
    if connection is None or not isinstance(request, dict) or "url" in request:
        return []
    if "url" in connection.layer.fields:
        return []  # what is wrong with it is found by its schema
    document = connection.document
    here = Related(
        file=document.file, span=document.places.key(("spec",)), message="the connection is written here"
    )
    problem = own_spots("CS345", action).value(
        ("connection",),
        f"the connection `{connection.name}` has no `url`, and neither has the action",
        do=f"write `url` in the connection `{connection.name}`, or in the request instead of `path`",
        related=(here,),
    )
    return [problem]


def unknown_connection(action: Definition, name: str, parts: Parts) -> list[Problem]:
    """Return that an action names a connection that is not there; nothing of one that has errors itself."""
    if name in parts.invalid_of("Connection"):
        return []
    problem = own_spots("CS322", action).value(
        ("connection",),
        f"there is no connection `{name}`" + nearest(name, parts.connections),
        do="correct the name, or add a document of kind Connection",
    )
    return [replace(problem, missing=name)]


@rule("CS323", "unused-connection", on="workspace", severity="warning")
def unused_connection(facts: Facts, code: str) -> Iterator[Problem]:
    """A connection should be named by an action: otherwise nothing is deployed of it.

    Bad:
        apiVersion: callsheet/v1
        kind: Connection
        metadata: {name: braze}
        spec: {url: "https://rest.iad-01.braze.com"}
    Good:
        apiVersion: callsheet/v1
        kind: Connection
        metadata: {name: braze}
        spec: {url: "https://rest.iad-01.braze.com"}
        ---
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: newsletter}
        spec: {connection: braze, request: {method: POST, path: /messages/send}}
    """
    if facts.unread:
        return
    named = {one.names_connection for one in facts.definitions.values()} - {None}
    if not named <= facts.connections.keys():
        return  # one of them is misspelt
    for name, document in facts.connections.items():
        if name not in named:
            yield Spots(code, document).value(
                ("metadata", "name"),
                f"no action names the connection `{name}`",
                do="name it with `connection` in an action, or remove it",
            )
