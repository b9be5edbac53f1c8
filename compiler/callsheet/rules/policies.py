"""CS701 to CS705: policies, what breaks them, and their exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from callsheet.documents import Problem, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.content import Content
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.policy import Policy
from callsheet.language.subjects import CompiledObject, Facts
from callsheet.language.urls import url_text


class Violation(Struct, frozen=True):
    """A policy that a compiled action breaks."""

    policy: Policy
    problem: Problem


class ReadyPolicy(Struct, frozen=True):
    """A policy with its schema compiled."""

    policy: Policy
    validator: Any


declare(
    "CS702",
    "policy-schema",
    """The schema of a policy must be a JSON Schema (draft 2020-12) without references to other documents.

Its patterns run in a linear-time engine, which has no look-around and no back-references: a pattern
that would hang another engine cannot hang this one.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: remote}
    spec: {message: refused, schema: {$ref: "https://schemas.example.com/action.json"}}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: local}
    spec: {message: refused, schema: {type: object}}
""",
)


def prepare(policies: list[Policy]) -> tuple[list[ReadyPolicy], list[Problem]]:
    """Compile the schemas of policies; one that is not a schema, or refers outside, is a problem."""
    import jsonschema_rs

    ready, problems = [], []
    for policy in policies:
        try:
            validator = jsonschema_rs.Draft202012Validator(
                policy.schema,
                retriever=_refuse,
                pattern_options=jsonschema_rs.RegexOptions(),
            )
            ready.append(ReadyPolicy(policy, validator))
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            remote = "retriev" in str(error)
            problems.append(
                Spots("CS702", policy.document).value(
                    ("spec", "schema"),
                    "the schema refers to another document, which is never fetched"
                    if remote
                    else "this is not a JSON Schema of draft 2020-12 with linear-time patterns",
                    do="put the definition under `$defs`" if remote else "`callsheet explain CS702`",
                )
            )
    return ready, problems


declare(
    "CS701",
    "policy-violated",
    """A compiled action must satisfy every policy that selects it.

The message is the policy's own. A policy may be a warning only (`severity: warning`).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: owned}
    spec: {message: Every action has an owner, schema: {required: [owner]}}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec: {message: Every action has a name, schema: {required: [name]}}
""",
)


def violations(
    ready: list[ReadyPolicy], action: Definition, environment: Environment, compiled: CompiledObject
) -> list[Violation]:
    """Return the policies that one compiled action breaks."""
    found: list[Violation] = []
    view: dict[str, Any] | None = None
    for one in ready:
        policy = one.policy
        if not policy.select.selects(action):
            continue
        if policy.severity_in.get(environment.name) == "off":
            continue
        view = view or policy_view(compiled.content)
        if one.validator.is_valid(view):
            continue
        error = next(iter(one.validator.iter_errors(view)))
        path = tuple(error.instance_path)
        there = Related(
            file=policy.document.file,
            span=policy.document.place(("spec", "message")),
            message="the policy says so here",
        )
        spots = overlaid_spots("CS701", action, environment)
        found.append(
            Violation(
                policy,
                spots.value(
                    path or ("name",),
                    f"policy `{policy.name}`: {policy.message}",
                    do="change the action so that it satisfies the policy, or ask the policy's owner",
                    related=(there,),
                ),
            )
        )
    return found


def policy_view(content: Content) -> dict[str, Any]:
    """Return a compiled action as policies see it: its URL always a text, each slot as `{name}`.

    A pattern over a URL would otherwise pass every URL that contains a parameter.
    """
    if "request" not in content:
        return {**content}
    request = {**content["request"], "url": url_text(content["request"]["url"])}
    return {**content, "request": request}


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not retrieved")


@rule("CS703", "policy-selects-nothing", on="workspace", severity="warning", adjustable=True)
def policy_selects_nothing(facts: Facts, code: str) -> Iterator[Problem]:
    """A policy should select at least one action.

    Bad:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: fax}
        spec: {message: refused, select: {labels: {channel: fax}}, schema: true}
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: every_channel}
        spec: {message: refused, schema: true}
    """
    definitions = facts.definitions.values()
    for policy in facts.policies if definitions and not facts.unread else ():
        if not any(map(policy.select.selects, definitions)):
            yield Spots(code, policy.document).key(
                ("spec", "select"),
                f"the policy `{policy.name}` selects no action",
                do="correct the selector, or remove the policy",
            )


@rule("CS704", "exception-expired", on="workspace", severity="warning", adjustable=True)
def exception_expired(facts: Facts, code: str) -> Iterator[Problem]:
    """An exception of a policy should be removed after its last day.

    From the next day on the policy counts for the action again.

    Bad:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: named}
        spec:
          message: Every action has a name
          schema: {required: [name]}
          exceptions: [{action: example, reason: moving, until: "2020-01-31"}]
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: named}
        spec:
          message: Every action has a name
          schema: {required: [name]}
          exceptions: [{action: example, reason: moving, until: "2099-01-31"}]
    """
    for policy in facts.policies if not facts.unread else ():
        for index, one in enumerate(policy.exceptions):
            if one.action in facts.definitions and one.expired(facts.today):
                yield Spots(code, policy.document).value(
                    ("spec", "exceptions", index, "until"),
                    f"the exception for `{one.action}` expired on {one.until}",
                    do="remove it, or set a later day",
                )


@rule("CS705", "exception-of-nothing", on="workspace", severity="warning", adjustable=True)
def exception_of_nothing(facts: Facts, code: str) -> Iterator[Problem]:
    """An exception of a policy should name an action of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: named}
        spec:
          message: Every action has a name
          schema: {required: [name]}
          exceptions: [{action: exampel, reason: moving, until: "2099-01-31"}]
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: named}
        spec:
          message: Every action has a name
          schema: {required: [name]}
          exceptions: [{action: example, reason: moving, until: "2099-01-31"}]
    """
    for policy in facts.policies if not facts.unread else ():
        for index, one in enumerate(policy.exceptions):
            if one.action not in facts.definitions:
                yield Spots(code, policy.document).value(
                    ("spec", "exceptions", index, "action"),
                    f"there is no action `{one.action}`",
                    do="remove the exception",
                )
