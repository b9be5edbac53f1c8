"""A header with a scheme and words before its credential, and odd queries: exact, or a note says what differs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder

URL = "https://api.example.com/v1/x"
KEY = "abcdef0123456789abcdef"


def imported(
    workspace: Folder, callsheet: Callsheet, line: str
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the spec of the action of a line, its notes, and the secrets that the command names."""
    outcome = callsheet("import", "curl", line, "--name", "it", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    said = f"{outcome.out}{outcome.err}"
    assert KEY not in said
    text = (workspace.path / "it.yaml").read_text("utf-8")
    assert KEY not in text
    notes = [one.removeprefix("# ") for one in text.splitlines() if one.startswith("# ")]
    named = re.search("; set (.*) where it is sent", said)
    return yaml.safe_load(text)["spec"], notes, named[1].split(", ") if named else []


@pytest.mark.parametrize(
    ("header", "scheme", "secret"),
    [
        ('"X-Auth: Token $X"', "Token", "X"),
        ('"X-Api-Key: Key $X"', "Key", "X"),
        (f"'X-Auth: Token {KEY}'", "Token", "IT_X_AUTH"),
        ("'X-Postmark-Server-Token: server token'", None, "IT_X_POSTMARK_SERVER_TOKEN"),
        ("'X-Auth: Your Key'", None, "IT_X_AUTH"),
        ("'X-Auth: Token token'", "Token", "IT_X_AUTH"),
        (f"'Authorization: GenieKey {KEY}'", "GenieKey", "IT_KEY"),
        ('"X-Auth: $X"', None, "X"),
        (f"'X-Auth: {KEY}'", None, "IT_X_AUTH"),
    ],
)
def test_a_scheme_before_the_key_of_a_header_stays_in_the_file(
    workspace: Folder, callsheet: Callsheet, header: str, scheme: str | None, secret: str
) -> None:
    spec, notes, named = imported(workspace, callsheet, f"curl {URL} -H {header} --json '{{}}'")
    assert spec["authentication"]["value"] == {"secret": f"env:{secret}"}
    assert spec["authentication"].get("scheme") == scheme
    assert (notes, named) == ([], [secret])


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ('"X-Auth: Token token=$X"', "IT_X_AUTH is the whole header X-Auth: `Token token=…`"),
        ('"Authorization: Token token=$X"', "IT_AUTHORIZATION is the whole header Authorization: `Token token=…`"),
        ('"X-Auth: Bearer two $X"', "IT_X_AUTH is the whole header X-Auth: `Bearer … $X`"),
        ('"Authorization: Bearer two $X"', "IT_TOKEN is all that follows `Bearer`: `… $X`"),
        (f"'Authorization: Bearer two {KEY}'", "IT_TOKEN is all that follows `Bearer`: `… …`"),
        (
            f"""'Authorization: Signature keyId="k1",signature="{KEY}"'""",
            'IT_AUTHORIZATION is the whole header Authorization: `Signature keyId="…",signature="…"`',
        ),
        (f"'X-Auth: {KEY} two'", "IT_X_AUTH is the whole header X-Auth: `… …`"),
        ('"X-Session: id=$TOKEN;v=2"', "IT_X_SESSION is the whole header X-Session: `id=…;v=…`"),
    ],
)  # fmt: skip
def test_a_header_that_is_a_secret_as_a_whole_says_how_it_is_made_up(
    workspace: Folder, callsheet: Callsheet, header: str, note: str
) -> None:
    spec, notes, named = imported(workspace, callsheet, f"curl {URL} -H {header} --json '{{}}'")
    assert notes == [note]
    assert named == [note.split(maxsplit=1)[0]]
    assert f"env:{named[0]}" in str(spec)


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        ('-H "Authorization: Token token=$X" -H "Authorization: Bearer $Y"', []),
        ('-H "Authorization: Bearer two $X" -H "Authorization: Bearer $Y"', []),
        ('-H "X-Auth: A b=$X" -H "X-Auth: $Y"', []),
        (
            '--url-query "api_key=$K" -H "Authorization: Token token=$X" -H "Authorization: Bearer $Y"',
            ["IT_AUTHORIZATION_2 is the whole header Authorization: `Bearer`, a space and the token"],
        ),
    ],
)
def test_no_note_names_a_secret_that_is_not_in_the_file(
    workspace: Folder, callsheet: Callsheet, more: str, notes: list[str]
) -> None:
    spec, found, named = imported(workspace, callsheet, f"curl {URL} {more} --json '{{}}'")
    assert [one for one in found if "there more than once" not in one] == notes
    assert set(named) == set(re.findall(r"env:(\w+)", str(spec["request"]) + str(spec["authentication"])))


@pytest.mark.parametrize(
    ("query", "url", "plain", "notes"),
    [
        ("a&b", f"{URL}?a&b", None, []),
        ("a=&b", f"{URL}?a=&b", None, []),
        ("b=1&a&b=2", f"{URL}?b=1&a&b=2", None, []),
        ("b=1&a", f"{URL}?b=1&a", None, []),
        ("c%20d&e=f", f"{URL}?c%20d&e=f", None, []),
        ("a=1&b=2", URL, {"a": "1", "b": "2"}, []),
        ("b=2&a=1", URL, {"a": "1", "b": "2"}, ["the query is sent in the order of its names"]),
    ],
)
def test_a_query_is_sent_as_it_is_or_a_note_says_what_differs(
    workspace: Folder, callsheet: Callsheet, query: str, url: str, plain: dict[str, str] | None, notes: list[str]
) -> None:  # fmt: skip
    spec, found, _ = imported(workspace, callsheet, f"curl '{URL}?{query}' --json '{{}}'")
    assert (spec["request"]["url"], spec["request"].get("query")) == (url, plain)
    assert found == notes
    sent = callsheet("test", "it", "-C", workspace.path)
    assert sent.code == 0, sent.out
