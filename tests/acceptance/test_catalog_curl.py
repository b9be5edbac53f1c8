"""What the page for a new action makes of a curl line is what `import curl` writes, or nothing."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from callsheet.documents.reading import parse
from callsheet.importing.action_text import action_text, notes_of
from callsheet.importing.curl import read_curl
from callsheet.importing.model import ImportFault
from callsheet.importing.reading_in import name_from, settled
from callsheet.reporting.catalog.new_data import known_of_curl
from support import forms
from support.browser import any_browser, browser
from support.firefox import firefox
from support.scripts import evaluated

__all__ = ["any_browser", "browser", "firefox"]
SCRIPTS = ("request.js", "yaml.js", "credentials.js", "curl.js")
READ = (
    "curl https://api.example.com/v1/orders",
    "curl -X GET 'https://api.example.com/v1/orders?page=2&limit=10'",
    "curl -X POST 'https://api.example.com/v1/send?dry=true' -H 'Content-Type: application/json' -d '{\"a\": 1}'",
    "curl https://api.example.com/send --json '{\"to\": \"ada@example.com\", \"from\": \"shop@example.com\"}'",
    "curl -sS -XPUT https://api.example.com/orders/12 -d '{\"state\": \"sent\", \"n\": [1, 2.0, 1e3, null, true]}'",
    "curl --request PATCH --url https://api.example.com/x --header 'Accept: */*' --data-raw '{}'",
    "curl https://api.example.com/x -H 'Authorization: Bearer abc.def-123' -d '{\"title\": \"Hello\", \"body\": \"World\"}'",
    "curl -u ada:lovelace https://api.example.com/x -d '{\"phone\": \"+33 6 12 34 56 78\"}'",
    "curl -u ada: https://api.example.com/x -d '{\"phone\": \"12\"}'",
    "curl https://api.example.com/x -H 'X-Api-Key: 12345' -d '{\"first_name\": \"Ada\", \"lastName\": \"L\"}'",
    "curl 'https://api.example.com/x?api_key=12345&b=c' -d '{\"first_name\": \"Ada\"}'",
    "curl -L -k --compressed https://api.example.com/x -H 'Cookie: a=b' -d '{\"ip\": \"192.0.2.1\"}'",
    "curl \\\n  -X POST \\\n  https://api.example.com/x \\\n  -H \"Content-Type: application/json\" \\\n  -d \"{\\\"a\\\": \\\"b\\\"}\"\n",
    "curl https://fcm.googleapis.com/v1/projects/shop/messages:send -d '{\"message\": {\"token\": \"abc\", \"notification\": {\"title\": \"a\"}}}'",
    "curl https://api.sendgrid.com/v3/mail/send -H 'Authorization: Bearer SG.x' -d '{\"personalizations\": [{\"to\": [{\"email\": \"a@b.example\"}]}]}'",
    "curl https://api.example.com/login -d '{\"user\": \"ada\", \"password\": \"lovelace\", \"clientSecret\": \"abc\"}'",
    "curl https://api.example.com/login -d '{\"auth\": {\"token\": \"abc\", \"password\": \"abc\"}, \"password\": \"def\"}'",
    "curl https://api.example.com/a -d '{\"to\": \"+331234567\", \"cc\": {\"to\": \"+339876543\"}, \"bcc\": [\"+331234567\"]}'",
    "curl https://api.example.com/ete -d '{}'",
    "curl https://api.example.com/x -d '{\"name\": \"Zoé «été» 😀\", \"text\": \"a\\nb\"}'",
    "curl https://api.example.com -d '{\"page_token\": \"abc\", \"max_tokens\": 5, \"idempotencyKey\": \"abc\", \"sort_key\": \"a\"}'",
    "curl https://api.example.com/x -H 'Idempotency-Key: abc' -H 'X-Request-Id: 1' -H 'User-Agent: me' -d '{\"subject\": \"\"}'",
    "curl 'https://api.example.com:8443/x?key=users&z=1&a=2' -H 'x-session: 1' -d '{}'",
    "curl https://api.example.com/X1/y2/Send_it -d '{\"Full-Name\": \"Ada L\", \"recipient\": \"0612345678\", \"9lives\": \"a\"}'",
    "curl https://api.example.com/x -H 'user-agent: Mozilla/5.0 (X11)' -H 'Connection: close' -d '{}'",
    "curl https://9api.com/x -H 'api-key: a' -d '{}'",
    "curl https://api.example.com/x --data-binary '{\"device_token\": \"abcdefghijklmnopqrstuvwxyz0123456789\"}'",
)  # fmt: skip
REFUSED = (
    "", "curl", "wget https://api.example.com", "curl http://api.example.com", "curl api.example.com/x", "curl https://api.example.com/$ID", "curl https://api.example.com/`id`",
    "curl https://api.example.com/{a,b}", "curl 'https://api.example.com/[1-3]'", "curl https://u:p@api.example.com/x", "curl https://api.example.com/x | jq .",
    "curl https://api.example.com/x > out", "curl https://api.example.com/x; rm -rf /", "curl https://a.example.com https://b.example.com", "curl -d @file https://api.example.com",
    "curl -F a=b https://api.example.com", "curl -d a=b https://api.example.com", "curl -d '{\"a\": 1, \"a\": 2}' https://api.example.com", "curl -d '{\"a\": 1' https://api.example.com",
    "curl -d '{\"a\": 9007199254740993}' https://api.example.com", "curl -d '{\"a\": 0.30000000000000004441}' https://api.example.com", "curl -d '[1]' https://api.example.com",
    "curl -H 'Authorization: Basic YWRhOmxvdmVsYWNl' https://api.example.com", "curl -H 'Authorization: Token abc' https://api.example.com", "curl -H 'X-A: Bearer abc' https://api.example.com",
    "curl -H 'X-A: ghp_abcdefghijklmnopqrstuvwxyz0123456789' https://api.example.com", "curl -d '{\"a\": \"xoxb-123456789012-abcdefghijkl\"}' https://api.example.com",
    "curl https://hooks.slack.com/services/T0/B0/abc -d '{}'", "curl https://api.telegram.org/bot123:abc/sendMessage -d '{}'", "curl https://api.example.com/token/abc123def456ghi -d '{}'",
    "curl -d '{\"a\": \"{{ b }}\"}' https://api.example.com", "curl -H 'A: {{ b }}' https://api.example.com", "curl -d '{\"{{ a }}\": 1}' https://api.example.com", "curl -G -d a=b https://api.example.com",
    "curl -d '{\"a\": \"\\ue002x\\ue003\"}' https://api.example.com", "curl -d '{\"password\": 12}' https://api.example.com", "curl -d '{\"name\": \"ada@example.com\", \"10\": {\"fid\": \"ada@example.com\"}}' https://api.example.com", "curl -X TRACE https://api.example.com", "curl -I https://api.example.com",
    "curl -H 'A: b' -H 'a: c' https://api.example.com", "curl -H 'X-Api-Key: a' -H 'X-Secret: b' https://api.example.com", "curl -H @file https://api.example.com", "curl -H 'Empty:' https://api.example.com",
    "curl --next https://api.example.com", "curl --unknown https://api.example.com", "curl https://api.example.com/a/../b", "curl https://api.example.com/%2e%2e/b", "curl 'https://api.example.com/?a=b&a=c'",
    "curl 'https://api.example.com/?a=%20'", "curl 'https://api.example.com/?a=1+2'", "curl https://api.example.com -H 'Content-Type: text/plain' -d '{\"a\": 1}'", "curl -d '{\"a\": 1e-400}' https://api.example.com",
    "curl 'https://api.example.com/?'", "curl 'https://api.example.com/?a=1&&b=2'", "curl 'https://api.example.com/?a=1&'",
    "curl 'https://api.example.com", "$ curl https://api.example.com", "curl https://api.example.com #x", "sudo curl https://api.example.com",
    "curl https://api.example.com\ncurl https://b.example.com", "curl -d '{\"url\": \"https://a.example.com/?token=abc\"}' https://api.example.com", "curl -d '{\"a\": \"\u202e\"}' https://api.example.com", "curl ~/x", "curl https:/api.example.com", "curl https://:p@api.example.com/x",
)  # fmt: skip
NAMES = (
    "a", "email", "to", "phoneNumber", "title", "text", "body", "token", "fid", "password", "apiKey", "api_key", "clientSecret", "secretary", "secretUrl", "name", "first_name", "familyName",
    "auth", "key", "sort_key", "pageToken", "page_token", "access_token", "accessToken", "session_id", "sessionId", "x-auth", "pwd", "PWD", "maxTokens", "passwordHint", "code", "sig", "signature",
    "customer key", "device_token", "pushToken", "APIKey", "value", "type", "tokenType", "bearer", "id", "jwt", "hmac", "10", "A.b", "@type", "token_count", "write_key", "publicKey", "credentials", "secret",
)  # fmt: skip
TEXTS = (
    "a", "", "Ada", "ada@example.com", "bob@example.org", "+33612345678", "0612345678", "192.0.2.1", "Hello, world!", "été", "abc123", "abcdefghijklmnopqrst1", "users", "https://www.example.com/p",
    "https://www.example.com/p?token=a", "Basic plan", "Bearer abc", "{{ a }}", "{# a #}", "it's", 'say "hi"', "a\tb", "a\nb", "2026-11-28", "true", "12", " ", "sk-abc", "AKIAIOSFODNN7EXAMPLE", "password1",
)  # fmt: skip
HEADERS = (
    "Content-Type", "Accept", "X-Api-Key", "X-Request-Id", "Authorization", "Idempotency-Key", "X-Session", "X-Auth-Token", "api-key", "Cookie", "User-Agent", "Host", "X-Custom", "Secret", "X-Signature", "Key",
)  # fmt: skip


def said(line: str) -> tuple[Any, list[str]] | None:
    """Return what the compiler's import writes of a line, and its notes; None for a refusal."""
    try:
        imported = settled(read_curl(line))
        text = action_text(imported, name_from(imported.url))
    except ImportFault:
        return None
    documents, problems = parse(text, "a.yaml")
    assert not problems
    return documents[0].value, notes_of(text)


def shown(browser: Any, lines: list[str]) -> list[tuple[Any, list[str]] | None]:
    compute = """(lines, known) => JSON.parse(lines).map(line => {
        try {
            const found = actionOfCurl(line, JSON.parse(known));
            return [jsonText(found.document), found.head];
        } catch (error) { if (error instanceof Unread) return null; throw error; }
    })"""
    found = evaluated(browser, SCRIPTS, compute, json.dumps(lines), json.dumps(known_of_curl()))
    return [
        None if one is None else (json.loads(one[0]), [it.removeprefix("# ") for it in one[1]])
        for one in found
    ]


def exact(found: Any) -> str:
    """Return an action with its notes as text, in which 1 and 1.0 differ."""
    return json.dumps(found, sort_keys=True)


def payload(chance: Random, depth: int = 0) -> Any:
    if depth < 3 and chance.random() < 0.35:
        return {chance.choice(NAMES): payload(chance, depth + 1) for _ in range(chance.randint(1, 4))}
    if depth < 3 and chance.random() < 0.15:
        return [payload(chance, depth + 1) for _ in range(chance.randint(0, 2))]
    return chance.choice((*TEXTS, 0, 1, -1, 1.5, 2.0, True, None))


def generated(chance: Random) -> str:
    """Return a line of plain parts: some of them are ones that only the compiler reads."""
    host = chance.choice(
        ("api.example.com", "graph.facebook.com", "a.b.epsilon.com", "rest.nexmo.com", "api.x.example")
    )
    path = "/".join(
        (
            "",
            *(
                chance.choice(("v1", "send", "orders", "12", "a-b", "tokens", "key", "Mail"))
                for _ in range(chance.randint(0, 3))
            ),
        )
    )
    query = "&".join(
        f"{chance.choice(NAMES)}={chance.choice(('a', '1', 'b.c', '', 'users', 'abc123'))}"
        for _ in range(chance.choice((0, 0, 1, 2)))
    )
    parts = [f"'https://{host}{path}{'?' + query if query else ''}'"]
    for _ in range(chance.choice((0, 1, 1, 2))):
        value = chance.choice(
            (
                "a",
                "application/json",
                "Bearer abc",
                "Basic YTpi",
                "abc def",
                "12345",
                "users",
                "sk-abcdefgh",
            )
        )
        parts.append(f"-H '{chance.choice(HEADERS)}: {value}'")
    if chance.random() < 0.8:
        body = {chance.choice(NAMES): payload(chance, 1) for _ in range(chance.randint(1, 5))}
        text = json.dumps(body, ensure_ascii=chance.random() < 0.1).replace("'", "")
        parts.append(f"{chance.choice(('-d', '--data', '--data-raw', '--json'))} '{text}'")
    if chance.random() < 0.4:
        parts.append(f"-X {chance.choice(('GET', 'POST', 'PUT', 'DELETE'))}")
    if chance.random() < 0.15:
        parts.append(chance.choice(("-u a:b", "-s", "-L", "-k", "-sS", "--compressed", "-i", "-G", "-m 5")))
    chance.shuffle(parts)
    return f"curl {' '.join(parts)}"


def test_the_plain_form_is_read_as_the_compiler_reads_it(any_browser: Any) -> None:
    for line, found in zip(READ, shown(any_browser, [*READ]), strict=True):
        assert found is not None, line
        assert exact(found) == exact(said(line)), line


def test_what_is_not_plain_is_left_to_the_compiler(any_browser: Any) -> None:
    assert [
        line for line, found in zip(REFUSED, shown(any_browser, [*REFUSED]), strict=True) if found
    ] == []


@pytest.mark.parametrize("seed", range(2 if not forms.LONG else 60))
def test_generated_lines_are_read_as_the_compiler_reads_them(seed: int, browser: Any) -> None:
    chance = Random(seed)
    lines = [generated(chance) for _ in range(600)]
    read = 0
    for line, found in zip(lines, shown(browser, lines), strict=True):
        if found is not None:
            assert exact(found) == exact(said(line)), line
            read += 1
    assert read > 100


def test_no_credential_of_a_line_is_in_the_action(browser: Any) -> None:
    secret = "Hunter2-Zq"
    places = (
        f"-H 'Authorization: Bearer {secret}'",
        f"-H 'X-Api-Key: {secret}'",
        f"-H 'X-Auth-Token: {secret}'",
        f"-u ada:{secret}",
        f'-d \'{{"password": "{secret}", "title": "a"}}\'',
        f'-d \'{{"auth": {{"token": "{secret}"}}}}\'',
        f'-d \'{{"client_secret": "{secret}"}}\'',
        f"--url 'https://api.example.com/x?api_key={secret}'",
        f"--url 'https://api.example.com/x?password={secret}'",
    )
    lines = [f"curl {one}" if "--url" in one else f"curl https://api.example.com/x {one}" for one in places]
    for line, found in zip(lines, shown(browser, lines), strict=True):
        assert found is not None, line
        assert secret not in json.dumps(found)
        assert exact(found) == exact(said(line))
