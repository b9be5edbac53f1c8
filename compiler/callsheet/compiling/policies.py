"""Compiled actions × policies → violations, each at the line that breaks the policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from callsheet.compiling.model import CompiledAction
from callsheet.documents import Problem, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.policy import Policy
from callsheet.language.urls import url_text


@dataclass(frozen=True, slots=True)
class Violation:
    """A policy that a compiled action breaks."""

    policy: Policy
    problem: Problem


@dataclass(frozen=True, slots=True)
class ReadyPolicy:
    """A policy with its schema compiled."""

    policy: Policy
    validator: Any


def prepare(policies: list[Policy]) -> tuple[list[ReadyPolicy], list[Problem]]:
    """Compile the schemas of policies; one that is no schema, or refers outside, is a problem."""
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
                    "the schema refers to something outside itself, which is never fetched"
                    if remote
                    else "this is not a JSON Schema of draft 2020-12 with linear-time patterns",
                    do="put the definition under `$defs`" if remote else "`callsheet explain CS702`",
                )
            )
    return ready, problems


def violations(
    ready: list[ReadyPolicy], action: Definition, environment: Environment, compiled: CompiledAction
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
                    do="change the action so that it keeps the policy, or ask the policy's owner",
                    related=(there,),
                ),
            )
        )
    return found


def policy_view(content: dict[str, Any]) -> dict[str, Any]:
    """Return a compiled action as policies see it: its URL always a text, each slot as `{name}`.

    A pattern over a URL would otherwise pass every URL that holds a parameter.
    """
    if "request" not in content:
        return content
    request = {**content["request"], "url": url_text(content["request"]["url"])}
    return {**content, "request": request}


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not retrieved")
