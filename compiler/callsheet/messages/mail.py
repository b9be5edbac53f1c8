"""A message's texts → an email (RFC 5322, MIME), and its delivery by SMTP."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from typing import Any
from urllib.parse import urlsplit

from callsheet.calling.attempts import Answer
from callsheet.errors import CallsheetError
from callsheet.messages.texts import Texts
from callsheet.outbound.durations import seconds_of
from callsheet.outbound.hosts import LOOPBACK
from callsheet.outbound.lines import ascii_line

TIMEOUT_SECONDS = 30.0
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def mail_of(texts: Texts, *, one_click: bool = False) -> EmailMessage:
    """Make an email: text, and HTML where there is some, with what its head says.

    Args:
        texts: of an email message.
        one_click: does a POST to the URL unsubscribe at once (RFC 8058)?

    Raises:
        CallsheetError: CS926 where an address is not valid.

    """
    mail = EmailMessage(policy=SMTP)
    head = texts.head
    try:
        sender = Address(head.get("from.name", ""), addr_spec=head["from"])
        mail["From"] = sender
        mail["To"] = Address(addr_spec=head["to"])
        if head.get("replyTo"):
            mail["Reply-To"] = Address(addr_spec=head["replyTo"])
    except (MessageError, ValueError, IndexError):
        raise CallsheetError(
            "CS926", "an address of the email is not valid", help="correct `to`, `from` or `replyTo`"
        ) from None
    mail["Subject"] = texts.fields["subject"]
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = make_msgid(domain=sender.domain)
    ways = [f"<{head['unsubscribe.url']}>"] if head.get("unsubscribe.url") else []
    ways += [f"<mailto:{head['unsubscribe.email']}>"] if head.get("unsubscribe.email") else []
    if ways:
        mail["List-Unsubscribe"] = ", ".join(ways)
    if one_click and head.get("unsubscribe.url"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(texts.fields["text"])
    if "html" in texts.fields:
        mail.add_alternative(_with_preheader(texts), subtype="html")
    mail["Content-Language"] = texts.language
    return mail


def _with_preheader(texts: Texts) -> str:
    """Put what an inbox shows beside the subject before everything else of the body, hidden."""
    body, preheader = texts.fields["html"], texts.fields.get("preheader")
    if not preheader:
        return body
    import html
    import re

    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(preheader)}</div>'
    found = re.search(r"<body[^>]*>", body, re.IGNORECASE)
    at = found.end() if found else 0
    return body[:at] + hidden + body[at:]


def send_mail(mail: EmailMessage, server: Mapping[str, Any], resolve: Callable[[str], str]) -> Answer:
    """Hand an email to a mail server; its outcome is reported like that of a call.

    Args:
        mail: the email.
        server: `via.smtp` of a compiled message.
        resolve: returns the secret of a reference.

    Raises:
        CallsheetError: CS606 for a secret, CS969 for one that a login cannot contain.

    """
    username, password = (_login(server.get(one), resolve) for one in ("username", "password"))
    begin = time.monotonic()
    status, text, outcome, reason = None, "", "internalError", ""
    try:
        with _connected(server) as client:
            if username:
                client.login(username, password)
            client.send_message(mail)
        status, text, outcome = 250, "taken by the mail server", "ok"
    except smtplib.SMTPRecipientsRefused as refused:
        (status, words) = next(iter(refused.recipients.values()))
        text, outcome = words.decode("utf-8", "replace"), f"smtp_{status}"
    except smtplib.SMTPResponseException as refused:
        status, outcome = refused.smtp_code, f"smtp_{refused.smtp_code}"
        told = refused.smtp_error
        text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    except TimeoutError:
        outcome = "timedout"
    except (smtplib.SMTPException, OSError) as error:
        # The words of an error may hold what was sent.
        reason = type(error).__name__
    seconds = time.monotonic() - begin
    return Answer(outcome=outcome, status=status, text=text, seconds=seconds, attempts=1, reason=reason)


def stand_in_for(url: str) -> dict[str, Any]:
    """Return a mail server on this machine, as `smtp://localhost:2525`, without a login.

    Raises:
        CallsheetError: CS964 where that is not this machine.

    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host not in LOOPBACK or not url.startswith("smtp://") or not port:
        raise CallsheetError(
            "CS964",
            f"{url[:80]!r} is not a mail server on this machine",
            help="start one that keeps the mail it receives (`python -m aiosmtpd -n`), and name it:"
            " smtp://localhost:8025",
        )
    return {"host": host, "port": port, "security": "none", "timeout": "10s"}


def _login(value: Any, resolve: Callable[[str], str]) -> str:
    """Return a user name or password: what SMTP sends of it is plain ASCII."""
    if isinstance(value, dict):
        return ascii_line(resolve(value["secret"]), value["secret"])
    return ascii_line(str(value or ""), "the login of the mail server")


def address_of(server: Mapping[str, Any]) -> str:
    """Return where a mail server is, as `smtp://host:port`; `smtps` with TLS from the beginning."""
    scheme = "smtps" if server.get("security") == "tls" else "smtp"
    return f"{scheme}://{server['host']}:{port_of(server)}"


def port_of(server: Mapping[str, Any]) -> int:
    """Return the port of a mail server: by default, the one of how it is secured."""
    return int(server.get("port", _PORTS[server.get("security", "starttls")]))


def _connected(server: Mapping[str, Any]) -> smtplib.SMTP:
    """Connect; encrypted as `security` says, the server's certificate verified."""
    security = server.get("security", "starttls")
    port = port_of(server)
    timeout = seconds_of(server.get("timeout"), TIMEOUT_SECONDS)
    name = socket.gethostname()
    if security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server["host"], port, local_hostname=name, timeout=timeout, context=context)
    client = smtplib.SMTP(server["host"], port, local_hostname=name, timeout=timeout)
    if security == "starttls":
        try:
            client.starttls(context=ssl.create_default_context())
        except BaseException:
            client.close()
            raise
    return client
