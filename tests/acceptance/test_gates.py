"""One gate: what an error concerns is not sent, shown, exported or written, wherever the error stands.

Every verb × every family of errors × every place in which it can be written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.forms import LONG, one_of_each
from support.workspaces import Callsheet, Folder

CREDENTIAL = "xoxb-123456789012-123456789012-" + "abcdefghijklmnopqrstuvwx"

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: One}}, owner: team-a, labels: {{channel: push}}}}
spec:
  request:
    method: POST
    url: "https://{{{{ values.host }}}}/v1/send"
    headers: {{X-Way: "{{{{ values.way }}}}"}}
    query: {{text: "{{{{ params.text }}}}"}}
    payloadFile: {name}.json.j2
  authentication: {{type: bearer, token: {{secret: "env:TOKEN"}}}}
  parameters:
    title: {{type: string, example: Hi, maxLength: 20}}
    text: {{type: string, example: Hi, optional: true}}
  tests: [{{name: one, params: {{title: Hi}}, expect: {{payload: {{title: Hi, level: 1}}}}}}]
"""
CONTRACT = """\
openapi: 3.0.0
info: {title: Service, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /v1/send:
    post:
      operationId: send
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties: {title: {type: string}, level: {type: integer, maximum: 5}}
      responses: {"200": {description: ok}}
"""
TEMPLATE = '{"title": {{ params.title }}, "level": {{ values.level }}}'
MESSAGE = """\
apiVersion: callsheet/v1
kind: Message
metadata: {name: hello, title: {en: Hello}, owner: team-a}
spec:
  channel: push
  via: {action: example}
  content: {en: {title: "{{ params.title }}", text: Hi}}
  parameters: {title: {type: string, example: Hi}}
"""
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: https_only}
spec:
  message: Actions must call over https
  schema: {properties: {request: {properties: {url: {pattern: "^https://"}}}}}
"""
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  values: {{host: api.example.com, level: 1, way: a}}
  overlays: {{}}
  allowSend: true
  target: {{type: sqlite, path: .callsheet/{name}.db}}
"""


def write(folder: Folder) -> None:
    for name in ("example", "other"):
        folder.write(f"{name}.yaml", ACTION.format(name=name))
        folder.write(f"{name}.json.j2", TEMPLATE)
    folder.write("policies.yaml", POLICY)
    for name in ("local", "staging"):
        folder.write(f"{name}.yaml", ENVIRONMENT.format(name=name))


Breaks = Callable[[Folder], None]


def edits(file: str, old: str, new: str) -> Breaks:
    def edit(folder: Folder) -> None:
        text = (folder.path / file).read_text()
        assert old in text
        folder.write(file, text.replace(old, new, 1))

    return edit


def overlay(text: str) -> Breaks:
    return edits("local.yaml", "overlays: {}", f"overlays: {{example: {text}}}")


def values(old: str, new: str) -> Breaks:
    return edits("local.yaml", old, new)


def template(new: str) -> Breaks:
    return lambda folder: (folder.write("example.json.j2", new), None)[1]


def in_the_action(old: str, new: str) -> Breaks:
    return edits("example.yaml", old, new)


def under_contract(then: Breaks) -> Breaks:
    def edit(folder: Folder) -> None:
        folder.write("service.yaml", CONTRACT)
        edits("example.yaml", "  tests:", "  contract: {openapi: service.yaml, operation: send}\n  tests:")(
            folder
        )
        then(folder)

    return edit


@dataclass(frozen=True)
class Error:
    """How something is broken, what is reported, and what it does not concern."""

    breaks: Breaks
    code: str
    other: bool = True
    """Is the other action, in the same environment, let through?"""
    staging: bool = True
    """Is the action let through in the other environment?"""


HTTP = "request: {url: 'http://api.example.com/v1/send'}"
ERRORS: dict[str, Error] = {
    "yaml in a policy": Error(
        edits("policies.yaml", "spec:", "spec: ["), "CS110", other=False, staging=False
    ),
    "yaml in the environment": Error(values("overlays: {}", "overlays: {"), "", other=False, staging=False),
    "schema by an overlay": Error(overlay("{limits: {timeout: never}}"), "CS2"),
    "schema of the action": Error(in_the_action("owner: team-a", "owner: 7"), "CS2", staging=False),
    "schema of the policy": Error(
        edits("policies.yaml", "message: Actions must call over https", "massage: x"),
        "CS2",
        other=False,
        staging=False,
    ),
    "parameter by an overlay": Error(overlay("{request: {query: {a: '{{ params.gone }}'}}}"), "CS306"),
    "parameter in a template file": Error(template('{"title": {{ params.gone }}}'), "CS306", staging=False),
    "rule by an overlay": Error(overlay("{request: {headers: {Content-Length: '7'}}}"), "CS4"),
    "rule by a value": Error(values("way: a", 'way: "a\\r\\nX-Other: b"'), "CS4", other=False),
    "contract by an overlay": Error(
        under_contract(overlay("{request: {url: 'https://api.example.com/v1/elsewhere'}}")), "CS45"
    ),
    "contract by a value": Error(under_contract(values("level: 1", "level: 9")), "CS45"),
    "contract by a template file": Error(
        under_contract(template('{"title": {{ params.title }}, "level": 9}')), "CS45", staging=False
    ),
    "a value that is missing": Error(values("level: 1, ", ""), "CS502", other=False),
    "a template in a value": Error(values("way: a", "way: '{{ params.level }}'"), "CS317", other=False),
    "a template file that is no JSON": Error(template('{"title": '), "CS5", staging=False),
    "a template in an overlay": Error(overlay("{request: {query: {a: '{{ 1 + }}'}}}"), "CS5"),
    "a secret in an overlay": Error(overlay(f"{{request: {{headers: {{X-Key: {CREDENTIAL}}}}}}}"), "CS601"),
    "a secret in a value": Error(values("way: a", f"way: {CREDENTIAL}"), "CS601", other=False),
    "a secret in the action": Error(in_the_action("{{ values.way }}", CREDENTIAL), "CS601", staging=False),
    "a secret in a template file": Error(
        template(f'{{"title": {{{{ params.title }}}}, "level": 1, "key": "{CREDENTIAL}"}}'),
        "CS601",
        staging=False,
    ),
    "policy by an overlay": Error(overlay(f"{{{HTTP}}}"), "CS701"),
    "a target's type": Error(values("type: sqlite", "type: sqlight"), "CS801", other=False),
}
VERBS = {
    "render": "render example -e {}",
    "render a request": "render example -e {} --params title=Hi",
    "send, dry run": "send example -e {} -p title=Hi --dry-run",
    "send, real": "send example -e {} -p title=Hi --yes",
    "send to the emulator": "send example -e {} -p title=Hi --yes --to http://localhost:1",
    "curl": "send example -e {} -p title=Hi --curl",
    "httpie": "send example -e {} -p title=Hi --httpie",
    "har": "send example -e {} -p title=Hi --har",
    "show": "show example -e {}",
    "test": "test example -e {}",
    "test, update": "test example -e {} --update",
    "emulate": "emulate -e {} --port 0",
    "preview": "preview hello -e {} --out preview.html",
    "render all": "render --all -e {}",
    "plan": "plan -e {}",
    "apply": "apply -e {} --yes",
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what was sent; nothing leaves. An emulator that would serve ends at once."""
    from callsheet.calling import sending
    from callsheet.emulator.session import EmulatorSession

    found: list[Any] = []

    def send(*arguments: Any, **named: Any) -> Any:
        found.append(arguments)
        return sending.Answer(outcome="ok", status=200, text="", seconds=0.1, attempts=1)

    monkeypatch.setattr(sending, "send", send)
    monkeypatch.setattr(EmulatorSession, "wait", lambda self: None)
    monkeypatch.setenv("TOKEN", "t")
    return found


def untouched(folder: Folder) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder.path)): one.read_bytes()
        for one in sorted(folder.path.rglob("*"))
        if one.is_file() and "cache" not in one.parts and one.name != ".gitignore"
    }


@pytest.mark.parametrize("case", ERRORS)
def test_what_an_error_concerns_is_refused_by_every_verb(
    case: str, empty: Folder, callsheet: Callsheet, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.path)
    write(empty)
    empty.write("hello.yaml", MESSAGE)
    error = ERRORS[case]
    error.breaks(empty)
    before = untouched(empty)
    # Each verb is refused by several of the errors; with --long by all of them.
    for verb in one_of_each(list(VERBS)[list(ERRORS).index(case) % 3 * (not LONG) :], 3):
        outcome = callsheet(*VERBS[verb].format("local").split())
        assert outcome.code in (1, 2), (verb, outcome)
        assert "error CS9" in outcome.err or "Usage" in outcome.err, (verb, outcome)
        assert outcome.out == "", (verb, outcome)
        if "CS924" in outcome.err:
            assert f"error {error.code}" in outcome.err, (verb, outcome.err)
        assert CREDENTIAL not in outcome.err + outcome.out, verb
    assert sent == []
    assert untouched(empty) == before


@pytest.mark.parametrize("case", [case for case, error in ERRORS.items() if error.other])
def test_an_error_refuses_nothing_of_another_action(
    case: str, empty: Folder, callsheet: Callsheet, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.path)
    write(empty)
    ERRORS[case].breaks(empty)
    for verb in ("render", "render a request", "send, dry run", "send, real", "curl", "show"):
        line = VERBS[verb].replace("example", "other").format("local")
        outcome = callsheet(*line.split())
        assert outcome.code == 0, (verb, outcome)
        assert CREDENTIAL not in outcome.err + outcome.out
    assert len(sent) == 1


@pytest.mark.parametrize("case", [case for case, error in ERRORS.items() if error.staging])
def test_an_error_refuses_nothing_in_another_environment(
    case: str, empty: Folder, callsheet: Callsheet, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.path)
    write(empty)
    empty.write("hello.yaml", MESSAGE)
    ERRORS[case].breaks(empty)
    verbs = (
        "render",
        "render a request",
        "send, dry run",
        "send, real",
        "curl",
        "show",
        "preview",
        "emulate",
    )
    for verb in verbs:
        outcome = callsheet(*VERBS[verb].format("staging").split())
        assert outcome.code == 0, (verb, outcome)
    assert len(sent) == 1


def test_a_workspace_without_an_error_is_let_through_by_every_verb(
    empty: Folder, callsheet: Callsheet, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.path)
    write(empty)
    empty.write("hello.yaml", MESSAGE)
    assert callsheet("validate").code == 0
    for verb, line in VERBS.items():
        outcome = callsheet(*line.format("local").split())
        assert outcome.code == 0, (verb, outcome)
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("code", "spec"),
    [
        ("CS204", "{target: {type: sqlite}}"),
        ("CS801", "{target: {type: mongodb, path: a}}"),
        ("CS801", "{target: {type: sqlite, path: a.db}, ledger: {type: directory, path: a}}"),
        ("CS802", "{target: {type: sqlite, path: ../outside.db}}"),
        ("CS804", "{target: {type: postgresql}}"),
        ("CS804", '{target: {type: postgresql, url: {secret: "nowhere:X"}}}'),
        ("CS805", "{target: {type: directory, path: out}}"),
        ("CS801", "{extends: base}"),
    ],
)
def test_no_verb_opens_a_target_by_a_wrong_address(
    code: str, spec: str, empty: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.path)
    write(empty)
    environment = "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {{name: {}}}\nspec: {}\n"
    empty.write(
        "wrong.yaml",
        environment.format("wrong", spec)
        + "---\n"
        + environment.format("base", "{target: {type: mongodb, path: a}}"),
    )
    for verb in (
        "drift",
        "history",
        "plan",
        "rollback 1",
        "adopt one",
        "forget one",
        "show one --deployed",
    ):
        outcome = callsheet(*verb.split(), "-e", "wrong")
        assert outcome.code == 1, (verb, outcome)
        assert f"error {code}\n" in outcome.err, (verb, outcome)
        assert "CS999" not in outcome.err
    assert not (empty.path.parent / "outside.db").exists()
