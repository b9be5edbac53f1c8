"""CS862, CS863 and CS897: the marketing actions by which Journey Optimizer asks for consent.

Source: Adobe's pages "Consent policies in custom actions" and "Data governance".
"""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import declare, rule
from callsheet.language.content import Content
from callsheet.language.environment import overlaid_spots
from callsheet.language.subjects import Deployed
from callsheet.language.urls import host_of
from callsheet.templates.slots import parameters_read

FIELD = "marketingAction"
UNKNOWN = "CS897"
declare(
    UNKNOWN,
    "marketing-action-unknown",
    """A marketing action must be one that the account has, Adobe's own or the organization's.

The screen offers no other: the action cannot be confirmed as it is planned. With an account (`api` of the
target), `callsheet journeys check` asks the policy service and finds the place; `plan` notes it of what it
changes, and `drift` of what was applied.
""",
    adjustable=True,
)


def _actions(deployed: Deployed) -> list[tuple[Action, Content]]:
    """Return the actions of an environment of Journey Optimizer, by name; none of another."""
    if not deployed.environment.manual:
        return []
    return [
        (one, deployed.compiled[one.address].content)
        for _, one in sorted(deployed.definitions[Action.kind].items())
        if one.address in deployed.compiled
    ]


@rule("CS862", "consent-not-asked", on="deployed", severity="warning", adjustable=True)
def consent_not_asked(deployed: Deployed, code: str) -> Iterator[Problem]:
    """An action that sends personal data should name its marketing action, where others name theirs.

    Without one, no consent policy looks at the call: it is made for every profile.
    """
    found = _actions(deployed)
    if not any(FIELD in content for _, content in found):
        return
    for action, content in found:
        sent = set(parameters_read(content["request"]))
        personal = [
            name
            for name, fields in content.get("parameters", {}).items()
            if fields.get("sensitivity") and name in sent
        ]
        if personal and FIELD not in content:
            yield overlaid_spots(code, action, deployed.environment).key(
                ("request",),
                f"`{personal[0]}` is personal data, and no consent is asked for: there is no `{FIELD}`",
                do=f"write `{FIELD}`, as other actions do",
            )


@rule("CS863", "consent-differs", on="deployed", severity="warning", adjustable=True)
def consent_differs(deployed: Deployed, code: str) -> Iterator[Problem]:
    """Actions that call one vendor should require one marketing action: Adobe advises one for each."""
    seen: dict[str, tuple[str, str]] = {}
    for action, content in _actions(deployed):
        if FIELD not in content:
            continue
        host, required = host_of(content["request"]["url"]), content["marketingAction"]
        other, before = seen.setdefault(host, (action.name, required))
        if before != required:
            yield overlaid_spots(code, action, deployed.environment).value(
                (FIELD,),
                f"`{other}` calls {host} too, and requires `{before}`",
                do="require one marketing action for one vendor",
            )
