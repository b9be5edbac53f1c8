"""`diff --against`: what two environments compile to, beside each other."""

from __future__ import annotations

import json

import jsonschema

from callsheet.language.schema_check import schema
from support.workspaces import Callsheet, Folder


def test_two_environments_are_compared_by_what_they_compile_to(
    samples: Folder, callsheet: Callsheet
) -> None:
    at = ("diff", "-C", samples.path, "-e", "production", "--against", "staging")
    text = callsheet(*at)
    assert text.code == 0
    assert text.out.endswith("6 changes against staging.\n")
    assert (
        "    URL changed (url-changed)\n"
        '      - "https://fcm.googleapis.com/v1/projects/shop-staging/messages:send"\n'
        '      + "https://fcm.googleapis.com/v1/projects/shop-prod/messages:send"\n'
        "      firebase/push.yaml:19:5\n"
    ) in text.out
    # What an overlay says is placed in the environment's own file.
    assert '      + "5s"\n      environments/production.yaml:20:16\n' in text.out
    told = json.loads(callsheet(*at, "-o", "json").out)
    jsonschema.Draft202012Validator(schema("diff")).validate(told)
    assert (told["against"], told["base"], told["summary"]["update"]) == ("staging", None, 6)
    markdown = callsheet(*at, "-o", "markdown").out
    assert "-X-OUID: shop-staging\n+X-OUID: shop-prod\n" in markdown
    assert callsheet(*at, "--detailed-exitcode").code == 2
    gate = callsheet(*at, "--fail-on", "sensitive")
    assert (gate.code, gate.err[:12]) == (1, "error CS933:")


def test_an_environment_and_itself(samples: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet(
        "diff", "-C", samples.path, "-e", "staging", "--against", "staging", "--detailed-exitcode"
    )
    assert (outcome.code, outcome.out) == (0, "No change against staging.\n")


def test_what_cannot_be_compared(samples: Folder, callsheet: Callsheet) -> None:
    at = ("diff", "-C", samples.path, "-e", "staging")
    assert callsheet(*at, "--against", "productoin").err == (
        "error CS921: there is no environment `productoin` (did you mean `production`?)\n"
        "help: the environments are: local, production, staging\n"
    )
    assert callsheet(*at, "--against", "base").err == (
        "error CS803: the environment `base` is abstract: nothing is compiled for it\n"
        "help: name an environment that has a target\n"
    )
    outcome = callsheet(*at, "--against", "local", "--base", "HEAD")
    assert outcome.code == 2
    assert "--against compares two environments of the files, --base two revisions" in outcome.err
    (samples.path / "firebase" / "push.yaml").write_text("nothing")
    assert callsheet(*at, "--against", "local").code == 1
