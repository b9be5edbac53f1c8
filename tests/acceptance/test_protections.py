"""A review shows what changes what a command does or protects: each kind by itself, first, and for the gate."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.judges import Tags, rendered
from support.workspaces import ROOT, Callsheet, Folder

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "diff.schema.json").read_text("utf-8")))

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push, fr: Push}, owner: team-a, labels: {channel: push}}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload: {title: "{{ params.title }}"}
  parameters:
    title: {type: string, example: Hi}
  contract:
    openapi: contracts/push.yaml
    operation: send
  tests:
    - name: one
      params: {title: Hi}
      expect: {payload: {title: Hi}}
    - name: two
      params: {title: Ho}
      expect: {payload: {title: Ho}}
"""
CONTRACT = """\
openapi: 3.1.0
info: {title: Push, version: "1"}
servers: [{url: "https://api.example.com/v1"}]
paths:
  /send:
    post:
      operationId: send
      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
      responses: {"200": {description: sent}}
"""
SECOND = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: mail, title: {en: Mail, fr: Mail}, owner: team-a, labels: {channel: email}}
spec:
  request: {method: POST, url: https://api.example.com/v1/mail, payload: {a: 1}}
"""
BASE = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: base}
spec:
  guards: {maxUpdate: 30%, maxDelete: 30%, minimum: 10, requireAccept: [breaking]}
  approvals: {count: 2, notAuthor: true}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: other}
spec: {guards: {maxUpdate: 30%}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: production}
spec:
  extends: base
  target: {type: http, collection: hooks, url: {secret: "env:HOOKS_URL"}}
  ledger: {type: sqlite, path: .callsheet/ledger.db}
  select: {names: [push, mail]}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: staging}
spec:
  extends: base
  target: {type: sqlite, path: .callsheet/staging.db}
"""
TARGET = """\
apiVersion: callsheet/v1
kind: Target
metadata: {name: hooks}
spec:
  authentication: {type: bearer, token: {secret: "env:HOOKS_TOKEN"}}
  id: id
  body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
  list: {path: /hooks, items: data}
  create: {path: /hooks}
  update: {path: "/hooks/{id}"}
  delete: {path: "/hooks/{id}"}
"""
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: https_only}
spec:
  severity: error
  message: Actions must call over https
  schema: {properties: {request: {properties: {url: {pattern: '^https://'}}}}}
"""
SETTINGS = """\
apiVersion: callsheet/v1
kind: Workspace
metadata: {name: shop}
spec:
  severity: {CS407: error}
  ignore:
    - {code: CS204, file: nothing.yaml, reason: it was there before}
"""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
SIGNERS = f"# who may approve\nada@example.com {KEY}Ada0000000000000000000000000000000000000\n"


@pytest.fixture
def shop(empty: Folder) -> Folder:
    """Give a workspace that protects itself in every way, committed."""
    empty.write("push.yaml", ACTION)
    empty.write("mail.yaml", SECOND)
    empty.write("contracts/push.yaml", CONTRACT)
    empty.write("environments.yaml", BASE)
    empty.write("hooks.yaml", TARGET)
    empty.write("policy.yaml", POLICY)
    empty.write("callsheet.yaml", SETTINGS)
    empty.write("allowed_signers", SIGNERS)
    empty.write(".callsheetignore", "drafts/\n")
    empty.write("drafts/idea.yaml", "not: a document\n")
    empty.commit("one")
    return empty


def swap(file: str, old: str, new: str) -> Callable[[Folder], None]:
    """Replace a piece of a file."""

    def change(folder: Folder) -> None:
        text = (folder.path / file).read_text("utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        folder.write(file, text.replace(old, new, 1))

    return change


def away(file: str) -> Callable[[Folder], None]:
    return lambda folder: (folder.path / file).unlink()


def more(file: str, text: str) -> Callable[[Folder], None]:
    return lambda folder: folder.write(file, (folder.path / file).read_text("utf-8") + text) and None


CASE_TWO = ACTION[ACTION.index("    - name: two") :]
OAUTH = (
    'authentication: {type: oauth2, grant: client_credentials, tokenUrl: "https://evil.example/t", clientId: x,'
    ' clientSecret: {secret: "env:OTHER"}}'
)
BEARER = 'authentication: {type: bearer, token: {secret: "env:HOOKS_TOKEN"}}'
EXCEPTION = "  exceptions: [{action: push, reason: it is old, until: '2099-12-31'}]\n"

SENSITIVE: dict[str, tuple[Callable[[Folder], None], str, str]] = {
    "guards switched off": (
        swap("environments.yaml", "maxUpdate: 30%, maxDelete: 30%, minimum: 10", "maxUpdate: 100%, maxDelete: 100%, minimum: 10"),
        "guards-weakened", "raised from 30% to 100%"),
    "no limit for small environments": (swap("environments.yaml", "minimum: 10", "minimum: 1000"), "guards-weakened", "from 10 to 1000"),
    "nothing to accept": (swap("environments.yaml", ", requireAccept: [breaking]", ""), "guards-weakened", "without `--accept breaking`"),
    "fewer approvals": (swap("environments.yaml", "count: 2", "count: 1"), "approvals-lowered", "needs 1 approval instead of 2"),
    "no approvals": (swap("environments.yaml", "  approvals: {count: 2, notAuthor: true}\n", ""), "approvals-lowered", "needs 0 approvals instead of 2"),
    "the author may approve": (swap("environments.yaml", "notAuthor: true", "notAuthor: false"), "approvals-lowered", "who wrote a change may approve it"),
    "another file of signers": (swap("environments.yaml", "count: 2", "count: 2, signers: contracts/keys"), "signers-changed", "those of `contracts/keys`"),
    "a signer added": (more("allowed_signers", f"eve@example.com {KEY}Eve\n"), "signer-added", "`eve@example.com` may approve plans"),
    "another key for a signer": (swap("allowed_signers", "Ada0", "Eve0"), "signer-changed", "`ada@example.com`"),
    "options of a signer": (swap("allowed_signers", f"com {KEY}", f'com namespaces="*" {KEY}'), "signer-changed", 'namespaces="*"'),
    "a signer removed": (swap("allowed_signers", "ada@", "# ada@"), "signer-removed", "`ada@example.com` may no longer approve plans"),
    "another target": (swap("environments.yaml", "path: .callsheet/staging.db", "path: .callsheet/elsewhere.db"), "environment-target-changed", "`target.path` changed"),
    "another kind of target": (swap("environments.yaml", "{type: sqlite, path: .callsheet/staging.db}", "{type: directory, path: out}\n  ledger: {type: sqlite, path: l.db}"), "environment-target-changed", "`target.type` changed"),
    "another secret as target": (swap("environments.yaml", "env:HOOKS_URL", "env:OTHER_URL"), "environment-target-changed", "`target.url` changed"),
    "another ledger": (swap("environments.yaml", ".callsheet/ledger.db", ".callsheet/new.db"), "environment-ledger-changed", "`ledger.path` changed"),
    "a ledger of its own": (swap("environments.yaml", "staging.db}\n", "staging.db}\n  ledger: {type: sqlite, path: l.db}\n"), "environment-ledger-changed", "`ledger` added"),
    "send is allowed": (swap("environments.yaml", "staging.db}\n", "staging.db}\n  allowSend: true\n"), "send-allowed", "`callsheet send` may call"),
    "fewer objects selected": (swap("environments.yaml", "names: [push, mail]", "names: [push]"), "select-changed", "no longer `Action/mail`"),
    "it extends another": (swap("environments.yaml", "extends: base\n  target: {type: sqlite", "extends: other\n  target: {type: sqlite"), "extends-changed", "it extends `other` instead of `base`"),
    "a Target's authentication": (swap("hooks.yaml", BEARER, OAUTH), "target-document-changed", "`authentication.tokenUrl` added"),
    "a Target's path": (swap("hooks.yaml", "create: {path: /hooks}", "create: {path: /other}"), "target-document-changed", "`create.path` changed"),
    "a Target's body": (swap("hooks.yaml", "list: {path: /hooks, items: data}", "list: {path: /hooks, items: all}"), "target-document-changed", "`list.items` changed"),
    "another Target": (lambda folder: folder.write("more.yaml", TARGET.replace("name: hooks", "name: hooks2")) and None, "target-document-changed", "Target `hooks2` added"),
    "a severity lowered": (swap("callsheet.yaml", "CS407: error", "CS407: warning"), "severity-lowered", "is warning instead of error"),
    "a finding switched off": (swap("callsheet.yaml", "CS407: error", "CS407: error, CS307: 'off'"), "severity-lowered", "is off instead of"),
    "a finding accepted": (more("callsheet.yaml", "    - {code: CS601, file: push.yaml, reason: it is no secret}\n"), "finding-accepted", "CS601 is accepted in `push.yaml`: it is no secret"),
    "a file ignored": (more(".callsheetignore", "policy.yaml\n"), "files-ignored", "1 file no longer read: `policy.yaml`"),
    "a comment that silences": (swap("mail.yaml", "spec:\n", "spec:\n  parameters: {later: {type: string}}  # callsheet: ignore CS307 it comes next week\n"), "finding-silenced", "a comment silences CS307 at `spec.parameters`"),
    "a test case removed": (swap("push.yaml", CASE_TWO, ""), "test-removed", "test case `two` removed"),
    "a test case expects less": (swap("push.yaml", "expect: {payload: {title: Ho}}", "expect: {method: POST}"), "test-removed", "test case `two` no longer expects its `payload`"),
    "a test case compares less": (swap("push.yaml", "    - name: two\n", "    - name: two\n      match: partial\n"), "test-weakened", "test case `two` looks only at the fields that it names"),
    "a test case runs elsewhere": (swap("push.yaml", "    - name: two\n", "    - name: two\n      environment: staging\n"), "test-weakened", "test case `two` runs in another environment"),
    "a contract removed": (swap("push.yaml", "  contract:\n    openapi: contracts/push.yaml\n    operation: send\n", ""), "contract-removed", "its contract removed"),
    "a contract ignored": (swap("push.yaml", "    operation: send\n", "    operation: send\n    ignore: [{path: /title, reason: it is wrong}]\n"), "contract-ignored", "ignored at `/title`: it is wrong"),
    "a contract optional": (swap("push.yaml", "    operation: send\n", "    operation: send\n    optional: true\n"), "contract-optional", "left unchecked"),
    "a contract's file": (swap("contracts/push.yaml", "{type: object, properties: {title: {type: string}}}", "{}"), "contract-changed", "the contract of `Action/push` changed"),
    "a policy removed": (away("policy.yaml"), "policy-removed", "no longer applies to `Action/mail`, `Action/push`"),
    "a policy narrowed": (swap("policy.yaml", "  severity", "  select: {names: [mail]}\n  severity"), "policy-narrowed", "no longer applies to `Action/push`"),
    "a policy weakened": (swap("policy.yaml", "severity: error", "severity: warning"), "policy-weakened", "is warning instead of error"),
    "a policy off in one environment": (swap("policy.yaml", "severity: error", "severity: error\n  severityIn: {production: 'off'}"), "policy-weakened", "is off instead of error in `production`"),
    "a policy off in an environment to come": (swap("policy.yaml", "severity: error", "severity: error\n  severityIn: {preview: 'off'}"), "policy-weakened", "is off instead of error in `preview`"),
    "an exception to a policy": (more("policy.yaml", EXCEPTION), "policy-exception", "`push` may break it until 2099-12-31: it is old"),
    "a policy's schema": (swap("policy.yaml", "'^https://'", "'^http'"), "policy-changed", "`schema.properties.request.properties.url.pattern` changed"),
    "an environment removed": (swap("environments.yaml", BASE[BASE.rindex("---") :], ""), "environment-removed", "environment `staging` removed"),
    "an environment added": (more("environments.yaml", BASE[BASE.rindex("---") :].replace("staging", "preview")), "environment-added", "environment `preview` added"),
    "an environment renamed": (swap("environments.yaml", "name: staging", "name: preview"), "environment-renamed", "renamed from `staging` to `preview`"),
    "an environment abstract": (swap("environments.yaml", "  target: {type: sqlite, path: .callsheet/staging.db}\n", ""), "environment-abstract", "environment `staging` became abstract"),
}  # fmt: skip


def diff(callsheet: Callsheet, folder: Folder, *arguments: str) -> tuple[int, str, str]:
    found = callsheet("diff", "-C", folder.path, "--base", "HEAD", *arguments)
    return found.code, found.out, found.err


@pytest.mark.parametrize("kind", SENSITIVE)
def test_what_commands_do_or_protect_is_a_sensitive_change(
    kind: str, shop: Folder, callsheet: Callsheet
) -> None:
    change, reason, words = SENSITIVE[kind]
    change(shop)
    code, out, err = diff(callsheet, shop, "-o", "json", "--fail-on", "sensitive")
    assert code == 1, out + err
    assert f"({reason})" in err
    found = json.loads(out)
    assert [one.message for one in SCHEMA.iter_errors(found)] == []
    mine = [one for one in found["protections"] if one["reason"] == reason]
    assert mine, found["protections"]
    assert any(words in one["words"] for one in mine), mine
    assert all(one["impact"] == "sensitive" for one in mine)


def test_each_reason_can_be_accepted_and_none_else_passes_with_it(
    shop: Folder, callsheet: Callsheet
) -> None:
    for kind in ("guards switched off", "a signer added", "a policy weakened"):
        SENSITIVE[kind][0](shop)
    accepted = ["--fail-on", "sensitive", "--accept", "guards-weakened", "--accept", "signer-added"]
    code, _, err = diff(callsheet, shop, *accepted)
    assert code == 1
    assert err == (
        "error CS933: the gate refuses 1 change that is sensitive\n"
        "  Policy/https_only: policy `https_only`: a violation is warning instead of error (policy-weakened)\n"
        "help: if this is intended: --accept policy-weakened\n"
    )
    code, out, err = diff(callsheet, shop, *accepted, "--accept", "policy-weakened")
    assert (code, err) == (0, "")
    assert out.startswith("What commands do, and what they protect:\n")
    assert callsheet("diff", "-C", shop.path, "--base", "HEAD", "--detailed-exitcode").code == 2


STRENGTHENED = {
    "lower limits": (swap("environments.yaml", "maxUpdate: 30%, maxDelete", "maxUpdate: 10%, maxDelete"), "guards-strengthened"),
    "more to accept": (swap("environments.yaml", "[breaking]", "[breaking, sensitive]"), "guards-strengthened"),
    "more approvals": (swap("environments.yaml", "count: 2", "count: 3"), "approvals-raised"),
    "a severity raised": (swap("callsheet.yaml", "CS407: error", "CS407: error, CS307: error"), "severity-raised"),
    "nothing accepted": (swap("callsheet.yaml", SETTINGS[SETTINGS.index("  ignore") :], ""), "finding-counts-again"),
    "a test case expects something else": (swap("push.yaml", "expect: {payload: {title: Ho}}", "expect: {payload: {title: Hu}}"), "test-changed"),
    "a test case has other parameters": (swap("push.yaml", "params: {title: Ho}", "params: {title: Hu}"), "test-changed"),
    "a policy for one thing more": (lambda folder: folder.write("two.yaml", POLICY.replace("https_only", "two")) and None, "policy-added"),
    "an ignored name without a file": (more(".callsheetignore", "later/\n"), "ignore-file-changed"),
}  # fmt: skip


@pytest.mark.parametrize("kind", STRENGTHENED)
def test_what_only_adds_a_protection_is_shown_and_stops_no_gate(
    kind: str, shop: Folder, callsheet: Callsheet
) -> None:
    change, reason = STRENGTHENED[kind]
    change(shop)
    code, out, err = diff(callsheet, shop, "--fail-on", "sensitive", "--fail-on", "breaking")
    assert (code, err) == (0, ""), out
    assert f"({reason})" in " ".join(out.split())
    assert "[compatible]" in out


@pytest.mark.parametrize("with_the_action", [False, True])
def test_a_case_that_looks_at_fields_and_names_fewer_expects_less(
    with_the_action: bool, shop: Folder, callsheet: Callsheet
) -> None:
    expects = "match: partial\n      expect: {payload: {title: Ho, more: [{a: 1, b: 2}]}}"
    swap("push.yaml", "expect: {payload: {title: Ho}}", expects)(shop)
    shop.commit()
    swap("push.yaml", "{title: Ho, more: [{a: 1, b: 2}]}", "{more: [{b: 2}]}")(shop)
    if with_the_action:
        swap("push.yaml", "title: {en: Push", "title: {en: Pushed")(shop)
    outcome = callsheet("diff", "--base", "HEAD", "-C", shop.path, "--fail-on", "sensitive")
    assert outcome.code == 1
    for field in ("payload.title", "payload.more.0.a"):
        assert f"[sensitive] test case `two` no longer expects its `{field}` (test-removed)" in outcome.out


def test_what_protects_nothing_is_no_change_of_it(shop: Folder, callsheet: Callsheet) -> None:
    swap("hooks.yaml", "metadata: {name: hooks}", "metadata: {name: hooks, title: {en: Hooks}}")(shop)
    more("allowed_signers", "# a comment\n")(shop)
    more(".callsheetignore", "# another\n\n")(shop)
    swap("push.yaml", "name: one", "name: first")(shop)
    swap("environments.yaml", "extends: base", "extends: base   # as ever")(shop)
    (shop.path / "mail.yaml").rename(shop.path / "letters.yaml")
    assert diff(callsheet, shop)[1] == "No change since HEAD.\n"
    assert "protections" not in json.loads(diff(callsheet, shop, "-o", "json")[1])


def test_an_environment_that_comes_or_goes_is_one_change(shop: Folder, callsheet: Callsheet) -> None:
    for kind in (
        "an environment removed",
        "an environment added",
        "an environment renamed",
        "an environment abstract",
    ):
        shop.git("checkout", "-q", "--", ".")
        SENSITIVE[kind][0](shop)
        found = json.loads(diff(callsheet, shop, "-o", "json")[1])
        assert found["changes"] == [], kind
        assert len(found["protections"]) == 1, kind


def test_in_an_environment_that_is_added_only_new_actions_are_additions(
    shop: Folder, callsheet: Callsheet
) -> None:
    SENSITIVE["an environment added"][0](shop)
    shop.write("sms.yaml", SECOND.replace("name: mail", "name: sms"))
    found = json.loads(diff(callsheet, shop, "-o", "json")[1])
    assert [(one["address"], one["action"], one["environments"]) for one in found["changes"]] == [
        ("Action/sms", "create", ["preview", "staging"])
    ]


def test_an_environment_that_was_renamed_is_compared_with_itself(
    shop: Folder, callsheet: Callsheet
) -> None:
    swap("environments.yaml", "name: staging", "name: preview")(shop)
    swap("mail.yaml", "{a: 1}", "{a: 2}")(shop)
    found = json.loads(diff(callsheet, shop, "-o", "json")[1])
    assert [(one["address"], one["action"], one["environments"]) for one in found["changes"]] == [
        ("Action/mail", "update", ["preview", "production"])
    ]


def test_what_two_environments_inherit_is_told_once_with_both(shop: Folder, callsheet: Callsheet) -> None:
    SENSITIVE["fewer approvals"][0](shop)
    (found,) = json.loads(diff(callsheet, shop, "-o", "json")[1])["protections"]
    assert (found["subject"], found["environments"]) == ("Environment/base", ["production", "staging"])
    assert (found["file"], found["line"]) == ("environments.yaml", 6)
    # One environment alone is asked for: what counts there, and what counts everywhere.
    assert "Environment/base  in production" in diff(callsheet, shop, "-e", "production")[1]


FORMATS = ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"]


@pytest.mark.parametrize("name", FORMATS)
def test_in_every_format_it_comes_before_everything_else(
    name: str, shop: Folder, callsheet: Callsheet
) -> None:
    SENSITIVE["guards switched off"][0](shop)
    swap("mail.yaml", "https://api.example.com", "https://mail.example.net")(shop)
    swap("push.yaml", "  contract:\n    openapi: contracts/push.yaml\n    operation: send\n", "")(shop)
    _, out, err = diff(callsheet, shop, "-o", name)
    out = {"markdown": lambda: rendered(out).text, "html": lambda: Tags(out).text}.get(name, lambda: out)()
    first, second, last = (out.find(one) for one in ("guards-weakened", "contract-removed", "new-host"))
    if name == "sarif":
        out = out[out.index('"results"') :]
        first, second, last = (out.find(one) for one in ("guards-weakened", "contract-removed", "new-host"))
    assert err == ""
    assert -1 < first < last, out
    assert -1 < second < last, out


def test_no_credential_of_the_base_is_shown(shop: Folder, callsheet: Callsheet) -> None:
    secret = "AKIA" + "IOSFODNN7EXAMPLE"
    swap("hooks.yaml", '{secret: "env:HOOKS_TOKEN"}', secret)(shop)
    shop.commit("a mistake")
    swap("hooks.yaml", secret, '{secret: "env:HOOKS_TOKEN"}')(shop)
    for name in FORMATS:
        _, out, err = diff(callsheet, shop, "-o", name)
        assert secret not in out + err
        assert "target-document-changed" in out, err


def test_the_host_of_a_token_is_shown(shop: Folder, callsheet: Callsheet) -> None:
    SENSITIVE["a Target's authentication"][0](shop)
    for name in ("text", "markdown", "html", "json"):
        assert "evil.example/t" in diff(callsheet, shop, "-o", name)[1]


def test_the_folder_and_a_revision_give_the_same_review(shop: Folder, callsheet: Callsheet) -> None:
    for kind in ("a signer added", "a file ignored", "a contract's file", "a policy weakened"):
        SENSITIVE[kind][0](shop)
    _, folder, _ = diff(callsheet, shop)
    shop.commit("two")
    revisions = callsheet("diff", "-C", shop.path, "--base", "HEAD~1", "--head", "HEAD").out
    assert revisions == re.sub("since HEAD", "since HEAD~1", folder)


def test_a_key_is_shown_by_the_fingerprint_of_ssh_keygen(
    shop: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    key = tmp_path / "eve"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    listed = subprocess.run(["ssh-keygen", "-l", "-f", key], check=True, capture_output=True, text=True)
    fingerprint = listed.stdout.split()[1]
    more("allowed_signers", f"eve@example.com {key.with_suffix('.pub').read_text()}")(shop)
    assert fingerprint in diff(callsheet, shop)[1]
