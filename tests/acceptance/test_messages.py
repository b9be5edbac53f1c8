"""Kind Message: written, planned, previewed and delivered, to a real mail server and through an action."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from syrupy.assertion import SnapshotAssertion

from callsheet.language.schema_check import schema
from callsheet.messages.hints import contrast, hints_of
from callsheet.messages.segments import segments_of
from callsheet.messages.texts import Texts
from support.workspaces import ENVIRONMENT, Callsheet, Folder

PASSWORD = "s3cr3t-mail-password"
SMS = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: sms}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/messages
    payload: {to: "{{ params.phone }}", body: "{{ params.body }}", tag: "{{ params.tag }}"}
  parameters:
    phone: {type: string, sensitivity: phone}
    body: {type: string, maxLength: 1000}
    tag: {type: string, optional: true}
"""
SHIPPED = """\
apiVersion: callsheet/v1
kind: Message
metadata: {name: shipped}
spec:
  channel: sms
  via:
    action: sms
    content: {text: body}
    parameters: {phone: "{{ params.phone }}", tag: "order-{{ params.order }}"}
  language: "{{ params.locale | default('en') }}"
  content:
    en: {text: "Hello {{ params.first_name | default('there') }}, order {{ params.order }}"}
    fr: {text: "Bonjour {{ params.first_name | default('à vous') }}, commande {{ params.order }}"}
  parameters:
    phone: {type: string, sensitivity: phone, example: "33612345678"}
    first_name: {type: string, optional: true, sensitivity: name, example: Zoë}
    order: {type: string, example: A-1}
    locale: {type: string, optional: true}
"""
EMAIL = """\
apiVersion: callsheet/v1
kind: Message
metadata: {{name: letter, title: {{en: Order shipped}}}}
spec:
  channel: email
  via: {{smtp: {smtp}}}
  from: {{name: "Chez Zoë, & Co", email: shop@example.com}}
  replyTo: help@example.com
  to: "{{{{ params.email }}}}"
  unsubscribe: {{url: "https://shop.example.com/u/{{{{ params.customer }}}}", email: u@example.com, oneClick: true}}
  defaultLanguage: en
  content:
    en:
      subject: "Order {{{{ params.order }}}} — on its way"
      preheader: "Hello <{{{{ params.first_name }}}}>"
      text: "Hello {{{{ params.first_name }}}},\\n\\nyour order {{{{ params.order }}}}.\\n"
      html: "<html lang=en><body class=a><p title='{{{{ params.first_name }}}}'>Hello {{{{ params.first_name }}}}</p>{{{{ values.mark }}}}</body></html>"
    fr: {{subject: Expédiée, text: Bonjour}}
  parameters:
    email: {{type: string, sensitivity: email, example: ada@example.com}}
    customer: {{type: string, example: c-1}}
    first_name: {{type: string, example: Zoë}}
    order: {{type: string, example: A-1}}
"""
VALUES = ENVIRONMENT.replace("{host:", '{mark: "<hr>", host:', 1) + "  allowSend: true\n"


class Mailbox:
    """A mail server of aiosmtpd's on this machine, that keeps what it gets or refuses as it is told."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.refuse = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        del server, session
        if self.refuse:
            return self.refuse
        found = message_from_bytes(envelope.content, policy=default)
        assert isinstance(found, EmailMessage)
        self.got.append(found)
        return "250 kept"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        if address.startswith("nobody@"):
            return "550 there is nobody"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        del server, session, envelope, mechanism
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def mail(certificate: Path) -> Iterator[Callable[..., tuple[Mailbox, int]]]:
    running: list[Controller] = []

    def start(security: str = "none") -> tuple[Mailbox, int]:
        import socket

        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        box = Mailbox()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        options: dict[str, Any] = {}
        if security == "starttls":
            options = {
                "tls_context": context,
                "require_starttls": True,
                "authenticator": box.authenticate,
                "auth_required": True,
            }
        elif security == "tls":
            options = {"ssl_context": context}
        running.append(Controller(box, hostname="localhost", port=port, ready_timeout=20, **options))
        running[-1].start()
        return box, port

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def letter(workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give the function that writes an email with a mail server, and sends it."""
    monkeypatch.setenv("PASSWORD", PASSWORD)
    workspace.write("environments.yaml", VALUES)

    def send(smtp: str, *more: str, name: str = "Zoë <b>\"x\"</b> & 'y'") -> Any:
        workspace.write("example.yaml", EMAIL.format(smtp=smtp))
        return callsheet(
            "send", "letter", "-C", workspace.path, "--yes", "-p", "email=ada@example.com", "-p", "customer=c-1",
            "-p", f"first_name={name}", "-p", "order=A-1", *more,
        )  # fmt: skip

    return send


# -- email ------------------------------------------------------------------------------------------


def test_an_email_is_delivered_and_parsed_back(
    letter: Callable[..., Any], mail: Callable[..., Any]
) -> None:
    box, port = mail()
    outcome = letter(f"{{host: localhost, port: {port}, security: none}}")
    assert outcome.code == 0, outcome.out + outcome.err
    assert "\nok: 250 after " in outcome.out
    assert outcome.out.startswith(f"MAIL smtp://localhost:{port}\n")
    (got,) = box.got
    assert str(got["From"]) == '"Chez Zoë, & Co" <shop@example.com>'
    assert (got["To"], got["Reply-To"]) == ("ada@example.com", "help@example.com")
    assert got["Subject"] == "Order A-1 — on its way"
    assert got["List-Unsubscribe"] == "<https://shop.example.com/u/c-1>, <mailto:u@example.com>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got["Message-ID"].endswith("@example.com>")
    assert got["Content-Language"] == "en"
    assert got["Date"].datetime is not None
    assert got.get_content_type() == "multipart/alternative"
    plain, html = got.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n") == "Hello Zoë <b>\"x\"</b> & 'y',\n\nyour order A-1.\n"
    escaped = "Zoë &lt;b&gt;&quot;x&quot;&lt;/b&gt; &amp; &#x27;y&#x27;"
    text = html.get_content()
    assert f"<p title='{escaped}'>Hello {escaped}</p><hr></body>" in text
    # The preheader comes before everything, hidden.
    assert re.search(r"<body class=a><div style=\"display:none[^\"]*\">Hello &lt;Zo", text)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_is_spoken_to_over_tls_with_a_login(
    letter: Callable[..., Any],
    mail: Callable[..., Any],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    box, port = mail(security)
    login = ', username: shop, password: {secret: "env:PASSWORD"}' if security == "starttls" else ""
    server = f"{{host: localhost, port: {port}, security: {security}{login}}}"
    if login:
        # With --yes nobody reads where the password goes: the server is named outside of the workspace.
        unnamed = letter(server)
        assert f"the mail server is at localhost:{port}, where env:PASSWORD would go" in unnamed.err
        assert (unnamed.code, box.logins) == (1, [])
        monkeypatch.setenv("CALLSHEET_ALLOW_HOSTS", f"localhost:{port}")
    # Whose certificate nobody signed is not spoken to, and gets no password.
    refused = letter(server)
    assert "internalError (the server's certificate is not trusted)" in refused.out, (
        refused.out + refused.err
    )
    assert (box.got, box.logins) == ([], [])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    outcome = letter(server)
    assert "ok: 250" in outcome.out, outcome.out + outcome.err
    assert len(box.got) == 1
    if login:
        assert box.logins[-1] == (b"shop", PASSWORD.encode())
        monkeypatch.setenv("PASSWORD", "another-password-here")
        wrong = letter(server)
        assert "smtp_535: 535" in wrong.out
        assert "another-password-here" not in wrong.out + wrong.err
    assert PASSWORD not in outcome.out + outcome.err


def test_what_a_mail_server_says_is_told(letter: Callable[..., Any], mail: Callable[..., Any]) -> None:
    box, port = mail()
    server = f"{{host: localhost, port: {port}, security: none}}"
    box.refuse = "552 too large"
    outcome = letter(server)
    assert (outcome.code, "\nsmtp_552: 552 after " in outcome.out) == (1, True)
    assert "too large" in outcome.out
    box.refuse = ""
    outcome = letter(server, "-p", "email=nobody@example.com")
    assert "\nsmtp_550: 550 after " in outcome.out
    assert "there is nobody" in outcome.out
    # A server that has no TLS, where TLS is wanted.
    assert (
        "internalError (the server does not offer what the message asks of it)"
        in letter(f"{{host: localhost, port: {port}}}").out
    )
    assert (
        "internalError (nothing answers at this address; is the service, or the emulator, running?)"
        in letter("{host: localhost, port: 1, security: none}").out
    )
    assert box.got == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("email=ada@example.com\nBcc: all@example.com", "error CS926: `to` would contain a line break"),
        ("order=A\nX: y", "error CS926: `subject` would contain a line break"),
        ("email=no address", "error CS926: an address of the email is not valid"),
        ("email=", "error CS926: an address of the email is not valid"),
    ],
)
def test_nothing_of_a_parameter_becomes_a_header(
    letter: Callable[..., Any], mail: Callable[..., Any], given: str, words: str
) -> None:
    box, port = mail()
    outcome = letter(f"{{host: localhost, port: {port}, security: none}}", "-p", given)
    assert outcome.err.startswith(words), outcome.out + outcome.err
    assert box.got == []


def test_a_mail_server_on_this_machine_stands_in(
    letter: Callable[..., Any], mail: Callable[..., Any]
) -> None:
    box, port = mail()
    server = '{host: smtp.example.com, username: shop, password: {secret: "env:NOT_SET"}}'
    outcome = letter(server, "--to", f"smtp://localhost:{port}", "--language", "fr-CA")
    assert "ok: 250" in outcome.out, outcome.err
    assert box.got[0]["Subject"] == "Expédiée"
    assert box.got[0].get_content_type() == "text/plain"
    assert box.logins == []
    for url in ("smtp://example.com:25", "http://localhost:1", "smtp://localhost"):
        assert letter(server, "--to", url).err.startswith(f"error CS964: {url!r} is not a mail server")
    curl = letter(server, "--curl")
    assert curl.err.startswith("error CS967: an email that a mail server delivers is not an HTTP request")


# -- through an action ------------------------------------------------------------------------------


@pytest.fixture
def shipped(workspace: Folder) -> Folder:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("sms.yaml", SMS)
    workspace.write("example.yaml", SHIPPED)
    return workspace


def test_a_message_is_delivered_by_its_action(shipped: Folder, callsheet: Callsheet) -> None:
    import threading

    from callsheet import Workspace
    from callsheet.emulator import Emulator, Faults

    emulator = Emulator(Workspace(shipped.path).routes(), Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        send = (
            "send",
            "shipped",
            "-C",
            shipped.path,
            "-p",
            "phone=33612345678",
            "-p",
            "order=A-1",
            "--to",
            emulator.url,
        )
        texts = {}
        for locale in ("", "fr", "fr-CA", "FR_be", "de", "en"):
            given = ("-p", f"locale={locale}") if locale else ()
            outcome = callsheet(*send, *given)
            assert outcome.code == 0, outcome.out + outcome.err
            texts[locale] = json.loads(emulator.calls[-1].body)["body"]
        hello, bonjour = "Hello there, order A-1", "Bonjour à vous, commande A-1"
        assert texts == {
            "": hello,
            "fr": bonjour,
            "fr-CA": bonjour,
            "FR_be": bonjour,
            "de": hello,
            "en": hello,
        }
        assert json.loads(emulator.calls[-1].body)["tag"] == "order-A-1"
        # What is asked for by hand counts more than what the message would choose.
        assert "Bonjour" in callsheet(*send, "--language", "fr").out
    finally:
        emulator.close()
    line = callsheet("send", "shipped", "-C", shipped.path, "-p", "phone=1", "-p", "order=A-1", "--curl")
    assert '"body":"Hello there, order A-1"' in line.out
    shown = callsheet(
        "render", "shipped", "-C", shipped.path, "--params", "phone=1", "--params", "order=A-1"
    )
    assert shown.out.startswith("POST https://api.example.com/v1/messages\n")
    long = callsheet(
        "send", "shipped", "-C", shipped.path, "-p", "phone=1", "-p", f"order={'x' * 1000}", "--dry-run"
    )
    assert "`body` is longer than 1000 characters" in long.err


def test_a_message_is_planned_diffed_and_applied_like_an_action(
    shipped: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", shipped.path)
    first = json.loads(callsheet("plan", *at, "-o", "json").out)
    change = next(one for one in first["changes"] if one["address"] == "Message/shipped")
    jsonschema.Draft202012Validator(schema("compiled-message")).validate(change["after"])
    assert {(one["reason"], one["words"]) for one in change["diff"]} == {
        ("message-created", "new message: sms by the action sms"),
        ("new-personal-data", "personal data (`phone`: phone) leaves for the action sms"),
        ("new-personal-data", "personal data (`first_name`: name) leaves for the action sms"),
    }
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert callsheet("plan", *at).out.startswith("Nothing to do")
    assert "shipped" in callsheet("list", *at).out
    assert callsheet("show", "shipped", "--deployed", *at).code == 0

    def reasons(old: str, new: str) -> set[tuple[str, str]]:
        assert old in SHIPPED
        shipped.write("example.yaml", SHIPPED.replace(old, new))
        plan = json.loads(callsheet("plan", *at, "-o", "json").out)
        found = {(one["impact"], one["reason"]) for change in plan["changes"] for one in change["diff"]}
        shipped.write("example.yaml", SHIPPED)
        return found

    assert reasons("Hello ", "Hi ") == {("compatible", "content-changed")}
    assert reasons("    fr: {", "    de: {") == {
        ("compatible", "language-added"),
        ("breaking", "language-removed"),
    }
    assert ("compatible", "mapping-changed") in reasons("order-{{", "o-{{")
    assert ("cosmetic", "title-changed") in reasons("{name: shipped}", "{name: shipped, title: Shipped}")
    assert ("sensitive", "new-personal-data") in reasons(
        "order: {type: string,", "order: {type: string, sensitivity: customer-id,"
    )
    renamed = SHIPPED.replace("name: shipped", "name: sent").replace(
        "  channel:", "  lifecycle: {renamedFrom: shipped}\n  channel:"
    )
    shipped.write("example.yaml", renamed)
    (change,) = json.loads(callsheet("plan", *at, "-o", "json").out)["changes"]
    assert (change["action"], change["address"]) == ("rename", "Message/sent")


# -- bad messages -----------------------------------------------------------------------------------

BAD: dict[str, tuple[Callable[[str], str], str]] = {
    "an action that is not there": (lambda it: it.replace("action: sms", "action: smss"), "CS472"),
    "a parameter that the action has not": (lambda it: it.replace("tag:", "tga:"), "CS473"),
    "a text for a parameter that is not there": (lambda it: it.replace("text: body}", "text: boddy}"), "CS473"),
    "a required parameter without a value": (lambda it: it.replace('phone: "{{ params.phone }}", ', ""), "CS473"),
    "a language that is missing": (lambda it: it.replace("  language:", "  languages: [en, de]\n  language:"), "CS470"),
    "a default that is missing": (lambda it: it.replace("  language:", "  defaultLanguage: de\n  language:"), "CS470"),
    "a field of another channel": (lambda it: it.replace("    fr: {", "    fr: {subject: x, "), "CS203"),
    "two of one name": (lambda it: it + "---\n" + SMS.replace("name: sms", "name: shipped"), "CS301"),
    "an undeclared parameter": (lambda it: it.replace("params.order", "params.oder"), "CS306"),
    "an unused parameter": (lambda it: it + "    more: {type: string}\n", "CS307"),
    "a file that is not there": (
        lambda it: it.replace("channel: sms", "channel: email").replace(
            "{text: \"Hello", "{subject: x, htmlFile: messages/none.html, text: \"Hello").replace("{text: \"Bonjour", "{subject: x, text: \"Bonjour"),
        "CS512"),
    "no channel": (lambda it: it.replace("  channel: sms\n", ""), "CS204"),
    "push by a mail server": (lambda it: re.sub(r"via:\n(.*\n){3}", "via: {smtp: {host: a.example}}\n", it), "CS204"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_message_is_told_at_its_line(
    shipped: Folder, callsheet: Callsheet, case: str, snapshot: SnapshotAssertion
) -> None:
    change, code = BAD[case]
    assert change(SHIPPED) != SHIPPED
    shipped.write("example.yaml", change(SHIPPED))
    found = json.loads(callsheet("validate", "-C", shipped.path, "-o", "json").out)["diagnostics"]
    assert code in {one["code"] for one in found}, found
    assert all(one["file"] == "example.yaml" for one in found)
    assert callsheet("validate", "-C", shipped.path).out == snapshot


def test_an_action_that_is_elsewhere_only(shipped: Folder, callsheet: Callsheet) -> None:
    shipped.write(
        "more.yaml",
        ENVIRONMENT.replace("local", "remote").replace(
            "spec:\n", "spec:\n  select: {names: [shipped]}\n", 1
        ),
    )
    outcome = callsheet("validate", "-C", shipped.path)
    assert "error CS472\n  the action `sms` is not deployed in remote" in outcome.out


# -- what readers see -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "number", "used", "left"),
    [
        ("", "GSM 03.38", 0, 0, 160),
        ("a" * 160, "GSM 03.38", 1, 160, 0),
        ("a" * 161, "GSM 03.38", 2, 161, 145),
        ("a" * 306, "GSM 03.38", 2, 306, 0),
        ("€" * 80, "GSM 03.38", 1, 160, 0),
        # A character of two places is not split: the 153rd place of the first segment stays empty.
        ("a" * 152 + "€" + "a" * 10, "GSM 03.38", 2, 164, 141),
        ("é" * 160, "GSM 03.38", 1, 160, 0),
        ("ê", "UCS-2", 1, 1, 69),
        ("ê" * 70, "UCS-2", 1, 70, 0),
        ("ê" * 71, "UCS-2", 2, 71, 63),
        ("😀" * 35, "UCS-2", 1, 70, 0),
        # Nor is one outside of the basic plane: 33 of them, 66 units, and one unit stays empty.
        ("😀" * 36, "UCS-2", 2, 72, 61),
    ],
)
def test_sms_segments(text: str, encoding: str, number: int, used: int, left: int) -> None:
    found = segments_of(text)
    assert (found.encoding, found.number, found.used, found.left) == (encoding, number, used, left)


@pytest.mark.parametrize(
    ("channel", "fields", "hint"),
    [
        ("sms", {"text": "«oui»"}, "it is UCS-2, 70 characters in a segment instead of 160, for: « »"),
        ("sms", {"text": "a" * 200}, "it is sent, and paid for, as 2 segments"),
        ("push", {"title": "a" * 60, "text": "b"}, "the title has 60 characters: phones commonly show about 50"),
        ("push", {"title": "a", "text": "b" * 5000}, "the texts have 5001 bytes: FCM takes 4,096 of a whole message"),
        ("email", {"subject": "a", "text": "b"}, "there is no HTML: readers see only the text"),
        ("email", {"subject": "a" * 70, "text": "b"}, "the subject has 70 characters: many inboxes show about 60"),
        ("email", {"subject": "a", "text": "b", "html": "<html lang=en><img src=x.png>"}, "an image has no alt text: x.png"),
        ("email", {"subject": "a", "text": "b", "html": "<html lang=en>" + "x" * 110_000}, "the HTML has 107 KB: Gmail cuts it off after 102 KB"),
        ("email", {"subject": "a", "text": "b", "html": "<p>x"}, "<html> has no lang: a screen reader guesses the language"),
        ("email", {"subject": "a", "text": "b", "html": "<html lang=en><a href='javascript:x'>"}, "the HTML contains a script: no mail program runs it, and many refuse the email"),
        ("email", {"subject": "a", "text": "b", "html": "<html lang=en><td bgcolor=white><p style='color:#999'>grey</p>"},
         "#999999 on #ffffff has a contrast of 2.8, less than 4.5: 'grey'"),
    ],
)  # fmt: skip
def test_hints(channel: str, fields: dict[str, str], hint: str) -> None:
    assert hint in hints_of(channel, Texts("en", fields))


def test_what_is_in_order_has_no_hint() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    good = {
        "subject": "a",
        "text": "b",
        "html": "<html lang=en><img alt='' src=x><p style='color:#767676'>grey</p><br>x",
    }
    assert hints_of("email", Texts("en", good)) == []
    assert (
        hints_of("sms", Texts("en", {"text": "a"}))
        == hints_of("push", Texts("en", {"title": "a", "text": "b"}))
        == []
    )


def test_the_page_shows_every_language_and_does_nothing(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.write("environments.yaml", VALUES)
    workspace.write("example.yaml", EMAIL.format(smtp="{host: smtp.example.com}"))
    hostile = "</iframe><script>alert(1)</script>"
    page = tmp_path / "page.html"
    at = ("preview", "letter", "-C", workspace.path, "-p", f"first_name={hostile}")
    outcome = callsheet(*at, "--out", page)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith(f"wrote {page}\n")
    assert "  fr: there is no HTML: readers see only the text\n" in outcome.out
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert text.count("<iframe sandbox title=") == 1
    assert re.search(
        "default-src 'none'; style-src( 'sha256-[A-Za-z0-9+/]{43}=')+; img-src data:;", unescape(text)
    )
    assert "unsafe" not in text
    assert "img-src data: https:;" in (
        callsheet(*at, "--images", "--out", page).out and page.read_text("utf-8")
    )
    one = json.loads(callsheet(*at, "-o", "json", "--language", "fr").out)
    jsonschema.Draft202012Validator(schema("preview")).validate(one)
    assert [it["language"] for it in one["languages"]] == ["fr"]
    assert callsheet(*at, "--language", "frr").err == (
        "error CS925: the message `letter` is not written in `frr` (did you mean `fr`?)\nhelp: its languages are: en, fr\n"
    )
    assert callsheet("preview", "leter", "-C", workspace.path).err == (
        "error CS925: there is no message `leter` in local (did you mean `letter`?)\nhelp: the messages are: letter\n"
    )


def test_the_samples_are_previewed_and_sent(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, mail: Callable[..., Any]
) -> None:
    for name in ("shipped_email", "shipped_push", "shipped_sms"):
        found = json.loads(callsheet("preview", name, "-C", samples.path, "-e", "local", "-o", "json").out)
        assert [one["language"] for one in found["languages"]] == ["en", "fr"]
        assert (
            callsheet("preview", name, "-C", samples.path, "-e", "local", "--out", tmp_path / "x.html").code
            == 0
        )
        written = yaml.safe_load((samples.path / "messages" / f"{name}.yaml").read_text("utf-8"))
        for field in ("title", "description"):
            assert set(written["metadata"][field]) == {"en", "fr"}
    box, port = mail()
    sent = callsheet("send", "shipped_email", "-C", samples.path, "-e", "local", "--to", f"smtp://localhost:{port}",
                     *(it for one in ("email=ada@example.com", "customer=c-1", "order=A-1", "day=demain", "locale=fr") for it in ("-p", one)))  # fmt: skip
    assert sent.code == 0, sent.out + sent.err
    assert box.got[0]["Subject"] == "Votre commande A-1 est en route"


def test_a_preview_as_text_for_other_programs(shipped: Folder) -> None:
    from callsheet import Workspace
    from callsheet.reporting import Style, report

    result = Workspace(shipped.path).preview(
        "shipped", "local", {"first_name": "\x1b[31mZoë", "phone": "33612345678"}
    )
    assert report("text").write(result, Style(width=80, colour=False)) == (
        "shipped in en\n"
        "  text: Hello \\x1b[31mZoë, order A-1\n"
        "  hint: it is UCS-2, 70 characters in a segment instead of 160, for: \\x1b ë\n"
        "\n"
        "shipped in fr\n"
        "  text: Bonjour \\x1b[31mZoë, commande A-1\n"
        "  hint: it is UCS-2, 70 characters in a segment instead of 160, for: \\x1b ë\n"
    )
