"""`callsheet promote`: what a package between two sandboxes carries, and what has to be typed in again."""

from __future__ import annotations

import json

import jsonschema
import pytest

from callsheet.language.schema_check import schema
from support.journeys import ENVIRONMENT, SEVEN, write
from support.workspaces import Callsheet, Folder


@pytest.fixture
def two(empty: Folder) -> Folder:
    """Give seven actions for staging, of which production has five, one of them another."""
    write(empty, **SEVEN)
    staging = (
        ENVIRONMENT.replace("name: journeys", "name: staging")
        .replace("sandbox: prod", "sandbox: stage")
        .replace("journeys.db", "staging.db")
    )
    production = ENVIRONMENT.replace("name: journeys", "name: production").replace(
        "journeys.db", "production.db"
    ) + (
        "  select: {names: [push, mail, sms, lookup, loyalty]}\n"
        "  overlays:\n"
        "    mail: {request: {url: https://mail.example.com/v4/send}}\n"
        "    push: {request: {headers: {X-Team: sales}, payload: {more: 1}}}\n"
    )
    empty.write("environments.yaml", staging + "---\n" + production)
    return empty


def test_what_is_copied_what_is_used_and_what_breaks(two: Folder, callsheet: Callsheet) -> None:
    at = ("promote", "--from", "staging", "--to", "production", "-C", two.path)
    outcome = callsheet(*at)
    assert outcome.code == 1
    assert outcome.out == (
        "copy  Action/audit\n"
        "use existing  Action/lookup\n"
        "use existing  Action/loyalty\n"
        "use existing  Action/mail\n"
        "copy  Action/products\n"
        "differs  Action/push\n"
        "    `payload.more` is in the second only\n"
        "    type in: header X-Team = sales\n"
        "    type in: query parameter dry = false\n"
        "    type in: authentication in = header\n"
        "    type in: authentication name = X-Api-Key\n"
        "    type in: authentication value = the secret env:PUSH_KEY\n"
        "use existing  Action/sms\n"
        "\n"
        "From staging to production: 2 copy, 1 differs, 4 use existing.\n"
    )
    found = json.loads(callsheet(*at, "-o", "json").out)
    jsonschema.Draft202012Validator(schema("promote")).validate(found)
    assert callsheet(*at, "mail", "sms").code == 0
    back = json.loads(
        callsheet("promote", "--from", "production", "--to", "staging", "-C", two.path, "-o", "json").out
    )
    verdicts = {one["address"]: one["verdict"] for one in back["promotions"]}
    assert (verdicts["Action/audit"], verdicts["Action/push"]) == ("stays", "differs")


def test_bad_usage(two: Folder, callsheet: Callsheet) -> None:
    at = ("-C", two.path)
    assert callsheet("promote", "--from", "staging", *at).code == 2
    assert callsheet("promote", "--from", "stagin", "--to", "production", *at).err.startswith(
        "error CS921: there is no environment `stagin` (did you mean `staging`?)"
    )
    assert callsheet("promote", "--from", "staging", "--to", "production", "pusch", *at).err.startswith(
        "error CS925: there is no action `pusch` (did you mean `push`?)"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("method: POST", "method: PUT", "`method` is POST in the first, and PUT in the second"),
        (
            "badge: {type: integer",
            "badge: {type: string",
            "`payload.badge` is badge: integer in the first, and badge: string in the second",
        ),
        (
            "sound: default",
            "sound: [a]",
            "`payload.sound` is constant in the first, and a list in the second",
        ),
        ("accepted: true", "other: true", "`responses.success.accepted` is in the first only"),
        ("sound: default", "sound: chime", ""),
        ("v1/send", "v2/send", ""),
    ],
)
def test_what_counts_as_structure(two: Folder, old: str, new: str, words: str) -> None:
    from callsheet import Workspace
    from callsheet.planning.promotion import promotions

    before = Workspace(two.path).compile().by_environment["staging"]["Action/push"].content
    text = (two.path / "push.yaml").read_text()
    assert old in text
    two.write("push.yaml", text.replace(old, new))
    after = Workspace(two.path).compile().by_environment["staging"]["Action/push"].content
    (found,) = promotions({"Action/push": before}, {"Action/push": after})
    assert (found.verdict, words in found.differences or not words) == (
        "differs" if words else "use existing",
        True,
    )
