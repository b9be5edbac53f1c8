"""A message's texts → the parameters of the action that delivers it, or the mail that leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsheet.calling.attempts import Answer
from callsheet.calling.model import Request
from callsheet.calling.parameters import check_parameters
from callsheet.calling.request import Filler, build_request
from callsheet.messages.mail import address_of, mail_of, send_mail
from callsheet.messages.texts import Texts
from callsheet.templates.scope import ABSENT


def action_parameters(
    message: Mapping[str, Any], params: Mapping[str, Any], texts: Texts, action: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parameters with which an action delivers a message.

    Args:
        message: the compiled message, delivered by an action.
        params: values of its parameters.
        texts: what it says.
        action: the compiled action.

    Raises:
        CallsheetError: CS926 where the parameters do not fit the message.

    """
    declared = message.get("parameters", {})
    filler = Filler(declared, check_parameters(declared, params), lambda reference: {"secret": reference})
    via, taken = message["via"], action.get("parameters", {})
    found: dict[str, Any] = {}
    for field, text in texts.fields.items():
        name = via.get("content", {}).get(field, field)
        if name in taken:
            found[name] = text
    for name, node in via.get("parameters", {}).items():
        value = filler.fill(node)
        if value is not ABSENT:
            found[name] = value
    return found


def message_request(
    message: Mapping[str, Any], params: Mapping[str, Any], texts: Texts, action: Mapping[str, Any] | None
) -> Request:
    """Return the request that delivers a message, to be shown: secrets are references.

    Args:
        message: the compiled message.
        params: values of its parameters.
        texts: what it says.
        action: the compiled action that delivers it; None for a mail server.

    Raises:
        CallsheetError: CS926 where something does not fit.

    """
    if action is None:
        return mail_request(message, texts)
    return build_request(action, action_parameters(message, params, texts, action))


def mail_request(message: Mapping[str, Any], texts: Texts) -> Request:
    """Return the mail that would leave as a request, to be shown: no date, and no random id, is in it."""
    mail = mail_of(texts, one_click=message.get("unsubscribe", {}).get("oneClick", False))
    shown = {
        name: str(value)
        for name, value in mail.items()
        if name not in ("Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    }
    payload = {name: texts.fields[name] for name in ("text", "html") if name in texts.fields}
    url = address_of(message["via"]["smtp"])
    return Request(method="MAIL", url=url, headers=shown, payload=payload)


def deliver_mail(
    message: Mapping[str, Any], texts: Texts, server: Mapping[str, Any], resolve: Callable[[str], str]
) -> Answer:
    """Send a message by a mail server, as `via.smtp` describes one; raises CS606 and CS926."""
    mail = mail_of(texts, one_click=message.get("unsubscribe", {}).get("oneClick", False))
    return send_mail(mail, server, resolve)
