"""CS472 to CS474: what delivers a message, in every environment of the message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import rule
from callsheet.language.environment import overlaid_spots
from callsheet.language.message import FIELDS, Message
from callsheet.language.subjects import Deployed
from callsheet.words import nearest


class _Delivery(Struct, frozen=True):
    """A message that an action delivers.

    Attributes:
        content: the compiled message.
        parameters: those that the compiled action declares.

    """

    message: Message
    content: Mapping[str, Any]
    parameters: Mapping[str, Any]

    @property
    def via(self) -> Mapping[str, Any]:
        """How it is delivered."""
        via: Mapping[str, Any] = self.content["via"]
        return via

    @property
    def texts(self) -> list[str]:
        """The fields that any language of the message has."""
        return [
            field
            for field in FIELDS[self.content["channel"]]
            if any(field in texts for texts in self.content["content"].values())
        ]

    def taking(self, field: str) -> str:
        """Return the name of the parameter that takes a text."""
        name: str = self.via.get("content", {}).get(field, field)
        return name


def _delivered(deployed: Deployed) -> Iterator[tuple[Message, Mapping[str, Any]]]:
    """Yield the messages that an action delivers, with what they compiled to."""
    for message in deployed.definitions[Message.kind].values():
        found = deployed.compiled.get(message.address)
        if found is not None and "action" in found.content["via"]:
            yield message, found.content


def _deliveries(deployed: Deployed) -> Iterator[_Delivery]:
    for message, content in _delivered(deployed):
        action = deployed.compiled.get(f"{Action.kind}/{content['via']['action']}")
        if action is not None:
            yield _Delivery(message, content, action.content.get("parameters", {}))


@rule("CS472", "delivered-by-nothing", on="deployed")
def delivered_by_nothing(deployed: Deployed, code: str) -> Iterator[Problem]:
    """`via.action` must name an action that is deployed wherever the message is.

    Bad:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: sms
          via: {action: smss, parameters: {phone: "33612345678"}}
          content: {en: {text: Your order is on its way}}
    Good:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: sms
          via: {action: sms, parameters: {phone: "33612345678"}}
          content: {en: {text: Your order is on its way}}
    """
    environment, actions = deployed.environment, deployed.definitions[Action.kind]
    for message, content in _delivered(deployed):
        name = content["via"]["action"]
        if f"{Action.kind}/{name}" in deployed.compiled:
            continue
        # An action that did not compile is reported by itself.
        if name not in actions or not environment.deploys(actions[name]):
            words = f"is not deployed in {environment.name}" if name in actions else "is not there"
            problem = overlaid_spots(code, message, environment).value(
                ("via", "action"),
                f"the action `{name}` {words}{nearest(name, actions)}",
                do="name an action that delivers it in every environment of the message",
            )
            yield replace(problem, missing=name)


@rule("CS473", "delivery-lacks-parameter", on="deployed")
def delivery_lacks_parameter(deployed: Deployed, code: str) -> Iterator[Problem]:
    """The action that delivers a message must get all its parameters, from `via.parameters` or the content.

    A field of the content goes to the parameter of the same name, or to the one that `via.content` names.

    Bad:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: sms
          via: {action: sms}
          content: {en: {text: Your order is on its way}}
    Good:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: sms
          via: {action: sms, parameters: {phone: "33612345678"}}
          content: {en: {text: Your order is on its way}}
    """
    for delivery in _deliveries(deployed):
        at = overlaid_spots(code, delivery.message, deployed.environment)
        via, declared = delivery.via, delivery.parameters
        named = [(at.key, ("via", "parameters", one), one) for one in via.get("parameters", {})]
        named += [(at.value, ("via", "content", it), one) for it, one in via.get("content", {}).items()]
        for point, path, one in named:
            if one not in declared:
                yield point(
                    path,
                    f"the action `{via['action']}` has no parameter `{one}`{nearest(one, declared)}",
                    do=f"its parameters are: {', '.join(declared)}",
                )
        given = {*via.get("parameters", {}), *map(delivery.taking, delivery.texts)}
        for name, fields in declared.items():
            if name not in given and not fields.get("optional"):
                yield at.key(
                    ("via",),
                    f"the action requires the parameter `{name}`, which has no value",
                    do="set it under `via.parameters`, or name a field for it under `via.content`",
                )


@rule("CS474", "text-not-delivered", on="deployed", severity="warning")
def text_not_delivered(deployed: Deployed, code: str) -> Iterator[Problem]:
    """Every field of a message should go to a parameter of the action that delivers it.

    Bad:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: push
          via: {action: sms, parameters: {phone: "33612345678"}}
          content: {en: {title: Shipped, text: Your order is on its way}}
    Good:
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: sms}
        spec:
          request:
            method: POST
            url: https://api.example.com/v1
            payload: {to: "{{ params.phone }}", text: "{{ params.text }}"}
          parameters: {phone: {type: string}, text: {type: string}}
        ---
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: sms
          via: {action: sms, parameters: {phone: "33612345678"}}
          content: {en: {text: Your order is on its way}}
    """
    for delivery in _deliveries(deployed):
        for field in delivery.texts:
            if delivery.taking(field) in delivery.parameters or field in delivery.via.get("content", {}):
                continue
            yield overlaid_spots(code, delivery.message, deployed.environment).key(
                ("via",),
                f"no parameter of the action takes the `{field}` of this message: it is not delivered",
                do=f"name one under `via.content`, as {field}: {next(iter(delivery.parameters), 'text')}",
            )
