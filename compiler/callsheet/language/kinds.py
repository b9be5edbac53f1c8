"""The table of kinds: what a document can be, and what there is for each kind.

A kind that is deployed has one entry here; its module, its schema and its sample are all the rest of it.
"""

from __future__ import annotations

from msgspec import Struct

from callsheet.language.action import Action, Definition
from callsheet.language.endpoint import EndpointConfig
from callsheet.language.message import Message


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of document.

    Attributes:
        name: as documents write it.
        schema: the name of its JSON Schema.

    """

    name: str
    schema: str


class DeployedKind(Kind, frozen=True, kw_only=True):
    """A kind whose documents are compiled and deployed.

    Attributes:
        definition: the class that reads a document.
        compiler: what compiles a definition for an environment, as `module:function`: it is in a room above
            this one, and is imported when it is first needed.
        rules: the subject of the rules that look at its definitions.
        singular: the word for one.
        plural: the word for several: the list of them in machine output, and their category.

    """

    definition: type[Definition]
    compiler: str
    rules: str
    singular: str
    plural: str


KINDS: dict[str, Kind] = {
    one.name: one
    for one in (
        DeployedKind(
            name="Action",
            schema="action",
            definition=Action,
            compiler="callsheet.compiling.action:compile_action",
            rules="action",
            singular="action",
            plural="actions",
        ),
        DeployedKind(
            name="Message",
            schema="message",
            definition=Message,
            compiler="callsheet.compiling.messages:compile_message",
            rules="message",
            singular="message",
            plural="messages",
        ),
        DeployedKind(
            name="EndpointConfig",
            schema="endpointconfig",
            definition=EndpointConfig,
            compiler="callsheet.compiling.endpoints:compile_endpoint",
            rules="endpoint",
            singular="endpoint configuration",
            plural="endpoints",
        ),
        Kind(name="ActionSet", schema="actionset"),
        Kind(name="Connection", schema="connection"),
        Kind(name="Fragment", schema="fragment"),
        Kind(name="Environment", schema="environment"),
        Kind(name="Policy", schema="policy"),
        Kind(name="Target", schema="target"),
        Kind(name="Workspace", schema="workspace"),
    )
}
"""Every kind by its name, in the order in which they are listed."""


def deployed_kinds() -> dict[str, DeployedKind]:
    """Return the kinds that are deployed, by name."""
    return {name: one for name, one in KINDS.items() if isinstance(one, DeployedKind)}


def shared_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that are about others: an error in one may concern any definition."""
    return tuple(name for name, one in KINDS.items() if not isinstance(one, DeployedKind))
