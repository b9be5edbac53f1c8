"""Curl lines as the pages of vendors write them: calls of their kind, each in the habits of several authors."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Call(NamedTuple):
    """A call as a page describes it.

    Attributes:
        key: the header that authenticates, with its value; empty for none.
        body: None without one.

    """

    method: str
    url: str
    key: str
    body: Any = None


PUSH = {"message": {"token": "$DEVICE", "notification": {"title": "Hi", "body": 'It\'s "late" & cold'}}}
CALLS = (
    Call("POST", "https://api.openai.com/v1/chat/completions", "Authorization: Bearer $OPENAI_API_KEY",
         {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say this is a test!"}], "temperature": 0.7}),
    Call("POST", "https://api.anthropic.com/v1/messages", "x-api-key: $ANTHROPIC_API_KEY",
         {"model": "claude", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello, world"}]}),
    Call("POST", "https://api.sendgrid.com/v3/mail/send", "Authorization: Bearer $SENDGRID_API_KEY",
         {"personalizations": [{"to": [{"email": "ada@example.com"}]}], "from": {"email": "b@example.com"}, "subject": "Hi"}),
    Call("POST", "https://api.github.com/repos/OWNER/REPO/issues", "Authorization: Bearer <YOUR-TOKEN>",
         {"title": "Found a bug", "body": "I'm having a problem with this.", "labels": ["bug"]}),
    Call("POST", "https://slack.com/api/chat.postMessage", "Authorization: Bearer xoxb-your-token",
         {"channel": "C123ABC456", "text": "Hello :wave:"}),
    Call("POST", "https://rest.iad-01.braze.com/messages/send", "Authorization: Bearer YOUR_REST_API_KEY",
         {"external_user_ids": ["u1"], "messages": {"apple_push": {"alert": "Hi"}}}),
    Call("POST", "https://a.klaviyo.com/api/events", "Authorization: Klaviyo-API-Key your-private-api-key",
         {"data": {"type": "event", "attributes": {"properties": {"a": 1}, "value": 9.99}}}),
    Call("POST", "https://fcm.googleapis.com/v1/projects/myproject/messages:send", "Authorization: Bearer ya29.Elqk", PUSH),
    Call("PUT", "https://api.mailchimp.com/3.0/lists/{list_id}/members/{hash}", "Authorization: apikey $KEY",
         {"email_address": "urist@example.com", "status": "subscribed", "merge_fields": {"FNAME": "Urist"}}),
    Call("PATCH", "https://api.hubapi.com/crm/v3/objects/contacts/512", "Authorization: Bearer $TOKEN",
         {"properties": {"phone": "+33 6 12 34 56 78"}}),
    Call("POST", "https://graph.facebook.com/v19.0/1234/messages", "Authorization: Bearer <ACCESS_TOKEN>",
         {"messaging_product": "whatsapp", "to": "15551234567", "type": "text", "text": {"body": "Hi\nthere"}}),
    Call("POST", "https://onesignal.com/api/v1/notifications", "Authorization: Basic YOUR_REST_API_KEY",
         {"app_id": "5eb5a37e-b458-11e3-ac11-000c2940e62c", "contents": {"en": "English Message"}}),
    Call("GET", "https://api.stripe.com/v1/charges?limit=3", "Authorization: Bearer sk_test_key"),
    Call("GET", "https://api.github.com/search/repositories?q=tetris+language:assembly&sort=stars", "Accept: application/json"),
    Call("DELETE", "https://api.cloudflare.com/client/v4/zones/$ZONE_ID", "X-Auth-Key: $CLOUDFLARE_API_KEY"),
    Call("POST", "https://api.cloudflare.com/client/v4/zones/023e/purge_cache", "X-Auth-Email: me@example.com",
         {"purge_everything": True}),
    Call("POST", "https://events.pagerduty.com/v2/enqueue", "",
         {"routing_key": "$KEY", "event_action": "trigger", "payload": {"summary": "Down", "severity": "critical"}}),
    Call("POST", "https://api.intercom.io/contacts", "Intercom-Version: 2.11", {"role": "user", "external_id": "25"}),
    Call("POST", "https://api.segment.io/v1/track", "", {"userId": "019", "event": "Item Purchased", "properties": {"n": None}}),
    Call("POST", "https://acme.zendesk.com/api/v2/tickets.json", "", {"ticket": {"subject": "My printer", "priority": "urgent"}}),
    Call("POST", "http://localhost:9200/customer/_doc/1?pretty", "", {"name": "John Doe", "tags": [], "nested": {}}),
    Call("POST", "https://eu1.api.twilio-like.example/v1/Messages", "Authorization: Basic QUM6c2VjcmV0", {"Body": "Ünïcödé 世界"}),
    Call("POST", "https://api.example.com/graphql", "Authorization: bearer $TOKEN",
         {"query": "query { viewer { login } }", "variables": {"n": 10}}),
    Call("POST", "https://api.mixpanel.com/import?strict=1&project_id=1", "Accept: application/json",
         [{"event": "Signup", "properties": {"time": 1618716477000, "distinct_id": "91304156"}}]),
)  # fmt: skip

Style = Callable[[Call], str]


def _json(body: Any, **how: Any) -> str:
    return json.dumps(body, ensure_ascii=False, **how)


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _double(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`") + '"'


def _plain(call: Call) -> str:
    parts = [
        f"curl {_double(call.url)}",
        "-H 'Content-Type: application/json'",
        call.key and f"-H {_double(call.key)}",
    ]
    parts += [f"-d {_single(_json(call.body, indent=2))}"] if call.body is not None else []
    verb = {"GET": "", "POST": ""}.get(call.method, f"-X {call.method}")
    return " \\\n  ".join(one for one in (*parts, verb) if one)


def _explicit(call: Call) -> str:
    """As the pages of REST services were written for years: `-X` first, the URL last."""
    words = [
        f"curl -X {call.method}",
        f"-H {_double(call.key)}" if call.key else "",
        '-H "Content-Type: application/json"',
    ]
    words += [f"-d {_double(_json(call.body))}"] if call.body is not None else []
    return " ".join(one for one in (*words, _double(call.url)) if one)


def _located(call: Call) -> str:
    """As Postman's code generator writes."""
    lines = [f"curl --location --request {call.method} {_single(call.url)}"]
    lines += [f"--header {_single(call.key)}"] if call.key and "$" not in call.key else []
    lines += ["--header 'Content-Type: application/json'"]
    lines += [f"--data-raw {_single(_json(call.body, indent=4))}"] if call.body is not None else []
    return " \\\n".join(lines)


def _with_options(call: Call) -> str:
    """As the pages of GitHub write."""
    lines = ["curl -L", f"-X {call.method}", '-H "Accept: application/vnd.github+json"']
    lines += [f"-H {_double(call.key)}"] if call.key and not call.key.startswith("Accept") else []
    lines += [
        '-H "X-Api-Version: 2022-11-28"',
        call.url if "?" not in call.url and "{" not in call.url else _single(call.url),
    ]
    lines += [f"-d {_single(_json(call.body))}"] if call.body is not None else []
    return " \\\n  ".join(lines)


def _copied(call: Call) -> str:
    """As browsers copy a request for bash."""
    lines = [
        f"curl {_single(call.url)}",
        f"-X {_single(call.method)}",
        "-H 'accept: application/json, text/plain, */*'",
    ]
    lines += (
        [f"-H {_single(call.key.lower())}"]
        if call.key and "$" not in call.key and not call.key.startswith("Acc")
        else []
    )
    lines += [
        "-H 'content-type: application/json'",
        "-H 'sec-fetch-mode: cors'",
        "-H 'user-agent: Mozilla/5.0 (X11)'",
    ]
    lines += [f"--data-raw {_ansi(_json(call.body))}"] if call.body is not None else []
    return " \\\n  ".join([*lines, "--compressed"])


def _ansi(text: str) -> str:
    if text.isascii() and "'" not in text:
        return _single(text)
    escaped = "".join(
        one if one.isascii() else f"\\u{ord(one):04x}"
        for one in text.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{escaped}'"


def _by_json(call: Call) -> str:
    words = [
        "curl -sS --fail-with-body",
        f"-H {_double(call.key)}" if call.key and "Accept" not in call.key else "",
    ]
    words += [f"--json {_single(_json(call.body))}"] if call.body is not None else []
    words += [
        f"-X {call.method}" if call.method not in ("GET", "POST") else "",
        f"--url {_single(call.url)}",
    ]
    return " ".join(filter(None, words)) + (" | jq -r '.id'" if call.body else "")


def _by_document(call: Call) -> str:
    if call.body is None:
        return f"curl --request {call.method} --url {_double(call.url)} --header {_double(call.key or 'X-A: b')} -i"
    key = f" \\\n     -H {_double(call.key)}" if call.key else ""
    return (
        f"curl -X{call.method} {_double(call.url)}{key} \\\n     -H \"Content-Type: application/json\" -d @- <<'JSON'\n"
        f"{_json(call.body, indent=2)}\nJSON"
    )


def _with_login(call: Call) -> str:
    body = f" -d {_single(_json(call.body))}" if call.body is not None else ""
    verb = "" if call.method in ("GET", "POST") else f" -X{call.method}"
    return f'$ curl -sS{verb} -u "$API_USER:$API_PASSWORD" -H content-type:application/json{body} {_single(call.url)}'


def _with_empty_comments(call: Call) -> str:
    body = f" --data-binary {_double(_json(call.body))}" if call.body is not None else ""
    return f"# {call.method} it\ncurl -s -o /dev/null -w '%{{http_code}}\\n' -X {call.method} {_double(call.url)} -H 'Content-Type:application/json'{body}"


def _by_readme(call: Call) -> str:
    """As the pages of ReadMe write."""
    lines = [
        f"curl --request {call.method} \\\n     --url {_single(call.url)}",
        "--header 'accept: application/json'",
    ]
    lines += ["--header 'content-type: application/json'"] if call.body is not None else []
    lines += (
        [f"--data {_single(chr(10) + _json(call.body, indent=2) + chr(10))}"]
        if call.body is not None
        else []
    )
    return " \\\n     ".join(lines)


STYLES: tuple[Style, ...] = (
    _plain, _explicit, _located, _with_options, _copied, _by_json, _by_document, _with_login, _with_empty_comments, _by_readme,
)  # fmt: skip


def vendor_lines(each: int = 8, seed: int = 16) -> Iterator[dict[str, str]]:
    """Yield lines with where they come from: so many habits for each call."""
    chance = random.Random(seed)
    for call in CALLS:
        for style in chance.sample(STYLES, each):
            host = call.url.split("/")[2]
            yield {"source": f"{host} {style.__name__}", "line": style(call)}
