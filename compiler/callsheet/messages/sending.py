"""A compiled object × parameters → what leaves for it: a message leaves by the action that delivers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.calling.attempts import Answer, Way
from callsheet.calling.model import Request
from callsheet.calling.parameters import read_parameters
from callsheet.calling.request import build_request
from callsheet.compiling import Compiled
from callsheet.compiling.selecting import contents_of
from callsheet.contracts.operations import Operation
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.messages.delivery import action_parameters, deliver_mail, message_request
from callsheet.messages.texts import fill_message
from callsheet.outbound.destinations import Destination, refuse_destinations
from callsheet.outbound.hosts import AllowedHosts
from callsheet.outbound.secrets import resolve

Content = Mapping[str, Any]
Parameters = Mapping[str, Any] | Sequence[str]
"""Values by name, or as the command line has them: `NAME=VALUE`, or a file that holds a mapping."""
Ask = Callable[[Sequence[str]], bool | None]
"""Asks whether to send, given what else goes where; None without a terminal."""


class Sending(Struct, frozen=True, kw_only=True):
    """Something that is to be sent: an action or a message of an environment, with its parameters.

    Attributes:
        compiled: the workspace.
        content: the compiled action or message.
        params: values of its parameters.
        language: of a message; None for what the message itself chooses.

    """

    compiled: Compiled
    environment: Environment
    content: Content
    params: Mapping[str, Any]
    language: str | None = None

    @property
    def by_mail(self) -> bool:
        """Whether a mail server delivers it."""
        return "smtp" in self.content.get("via", {})

    def request(self) -> Request:
        """Return the request that leaves, or the mail, to be shown: secrets are references."""
        if self.content.get("kind") != "Message":
            return build_request(self.content, self.params)
        texts = fill_message(self.content, self.params, self.language)
        return message_request(self.content, self.params, texts, self._delivering())

    def call(self) -> tuple[Content, Mapping[str, Any]]:
        """Return the action that is called, with its parameters; raises CS967 for a mail."""
        if self.content.get("kind") != "Message":
            return self.content, self.params
        action = self._delivering()
        if action is None:
            raise CallsheetError(
                "CS967",
                "an email that a mail server delivers is not an HTTP request",
                help="use --dry-run to see it, or `callsheet preview` for a page",
            )
        texts = fill_message(self.content, self.params, self.language)
        return action, action_parameters(self.content, self.params, texts, action)

    def destinations(self) -> Iterator[Destination]:
        """Yield the hosts beside that of the request to which a secret would go."""
        from callsheet.calling.destinations import destinations_of_call
        from callsheet.messages.destinations import destinations_of_mail

        definitions = self.compiled.definitions
        if self.by_mail:
            definition = definitions[self.content["name"]]
            yield from destinations_of_mail(self.content, definition, self.environment)
            return
        action, params = self.call()
        url = build_request(action, params).url
        yield from destinations_of_call(action, url, definitions[action["name"]], self.environment)

    def mail(self, server: Content | None = None) -> Answer:
        """Deliver a message to its mail server, or to one that stands in for it."""
        texts = fill_message(self.content, self.params, self.language)
        return deliver_mail(self.content, texts, server or self.content["via"]["smtp"], resolve)

    def send(
        self, way: Callable[[Content], Way], operation: Callable[[str], Operation | None]
    ) -> tuple[Answer, list[str]]:
        """Call the action; returns what came back, and what is wrong with that.

        Args:
            way: returns how an action is called.
            operation: returns what the contract of an action says of its call.

        """
        from callsheet.calling.sending import send
        from callsheet.compiling.endpoints import cappings_of
        from callsheet.contracts.judgement import judge

        action, params = self.call()
        caps = cappings_of(self.compiled, self.environment.name, action)
        answer = send(action, params, way(action), caps=caps)
        return answer, judge(action, operation(action["name"]), answer)

    def _delivering(self) -> Content | None:
        """Return the compiled action that delivers a message; None for a mail server."""
        if self.by_mail:
            return None
        return contents_of(self.compiled, self.environment.name, (self.content["via"]["action"],))[0]


def sending_of(
    compiled: Compiled,
    environment: Environment,
    name: str,
    params: Parameters,
    language: str | None = None,
) -> Sending:
    """Return what is to be sent.

    Raises:
        InvalidWorkspaceError: where an error concerns it.
        CallsheetError: CS925 for a name that is not there, or that sends nothing.
        ArgumentError: for a file of parameters that is not one.

    """
    (content,) = contents_of(compiled, environment.name, (name,))
    refuse_silent(content)
    return Sending(
        compiled=compiled,
        environment=environment,
        content=content,
        params=read_parameters(content.get("parameters", {}), params),
        language=language,
    )


def refuse_silent(content: Content) -> None:
    """Refuse what sends nothing: the configuration of an endpoint; raises CS925."""
    if content.get("kind") == "EndpointConfig":
        raise CallsheetError(
            "CS925",
            f"`{content['name']}` is an endpoint configuration, which sends nothing",
            help="name an action or a message",
        )


def refuse_sending(environment: Environment) -> None:
    """Refuse a call that may not be made for real; raises CS960."""
    if not environment.allow_send:
        raise CallsheetError(
            "CS960",
            f"the environment {environment.name} does not allow sending",
            help="write `allowSend: true` into its spec if a manual call does no harm,"
            " or send to `callsheet emulate` with --to",
        )


def refuse_unasked(destinations: Iterator[Destination], allowed: AllowedHosts, ask: Ask | None) -> None:
    """Refuse what is not confirmed, and secrets for hosts that are not allowed.

    Args:
        destinations: the hosts beside that of the request.
        allowed: the hosts that are allowed by name.
        ask: asks whether to send; without it, it is to be sent.

    Raises:
        CallsheetError: CS961 for a host that could not be confirmed, CS920 where it was declined.

    """
    others = [one for one in destinations if not allowed.allows(one.host, one.port)]
    answer = None if ask is None else ask([one.sentence for one in others])
    if answer is None:
        refuse_destinations(others, allowed, "this call")
    if ask is not None and not answer:
        raise CallsheetError("CS920", "not sent", help="answer the question, or pass --yes")


def real_way(action: Content) -> Way:
    """Return how an action is called for real: by the secrets that its references name."""
    del action
    return Way(resolve=resolve)
