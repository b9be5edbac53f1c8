"""CS303 to CS305, CS309, CS317 and CS352: environments, and what they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from msgspec.structs import replace

from callsheet.documents import Document, Problem
from callsheet.documents.walking import texts_in
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.environment import chain_of, own_spots
from callsheet.language.merge import holds
from callsheet.language.overlay import Overlay, overlays_in
from callsheet.language.reasons import REQUIRED
from callsheet.language.selector import is_pattern, matches
from callsheet.language.subjects import Facts
from callsheet.words import nearest

_TOO_EARLY = re.compile(r"\{\{[^}]*\b(?:params|action)\s*[.\[]|\{%")
"""What is not known when values are filled in. `{{name}}` alone may be a template of the vendor's."""


@rule("CS303", "unknown-environment", on="workspace", adjustable=False)
def unknown_environment(facts: Facts, code: str) -> Iterator[Problem]:
    """`extends` must name an environment of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {extends: bse}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {extends: base}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: base}
        spec: {}
    """
    known = facts.environments
    for name in known:
        chain = chain_of(name, known)
        if chain.missing is not None:
            yield Spots(code, chain.documents[-1]).value(
                ("spec", "extends"),
                f"there is no environment `{chain.missing}`" + nearest(chain.missing, known),
                do=f"the environments are: {', '.join(sorted(known))}",
            )


@rule("CS352", "unknown-reason", on="workspace")
def unknown_reason(facts: Facts, code: str) -> Iterator[Problem]:
    """What an environment wants accepted must be an impact class or a reason code.

    Any other word in `guards.requireAccept` guards nothing: no change has it. The guards `max-update`,
    `max-delete`, `drift` and `unmanaged` always want to be accepted.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {guards: {requireAccept: [new-hosts]}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {guards: {requireAccept: [new-host, breaking]}}
    """
    for document in facts.environments.values():
        wanted = (document.value["spec"].get("guards") or {}).get("requireAccept") or ()
        for index, name in enumerate(wanted):
            if name not in REQUIRED:
                yield Spots(code, document).value(
                    ("spec", "guards", "requireAccept", index),
                    f"no change has the reason or the impact `{name}`{nearest(name, REQUIRED)}",
                    do="write an impact class, as `breaking`, or a reason code, as `new-host`",
                )


declare(
    "CS333",
    "values-in-a-circle",
    """Values of an environment may be made of others, and must not read each other in a circle.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      values: {host: "{{ values.url }}", url: "https://{{ values.host }}"}
      target: {type: sqlite, path: .callsheet/local.db}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      values: {host: api.example.com, url: "https://{{ values.host }}"}
      target: {type: sqlite, path: .callsheet/local.db}
""",
    adjustable=False,
)


@rule("CS304", "environment-cycle", on="workspace", adjustable=False)
def environment_cycle(facts: Facts, code: str) -> Iterator[Problem]:
    """An environment must not extend itself, directly or through others.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: a}
        spec: {extends: b}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: b}
        spec: {extends: a}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: a}
        spec: {extends: b}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: b}
        spec: {}
    """
    for name in facts.environments:
        chain = chain_of(name, facts.environments)
        if chain.repeated is not None:
            seen = [one.value["metadata"]["name"] for one in chain.documents]
            yield Spots(code, chain.documents[0]).value(
                ("spec", "extends"),
                f"the environment extends itself: {' → '.join([*seen, chain.repeated])}",
                do="remove one `extends` of the cycle",
            )


@rule("CS305", "unknown-action", on="workspace")
def unknown_action(facts: Facts, code: str) -> Iterator[Problem]:
    """An overlay or a selection by name must name an action of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {overlays: {firebase_psh: {limits: {retries: 1}}}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {overlays: {}}
    """
    for document in facts.environments.values():
        for overlay in overlays_in(document):
            yield from _unknown_overlaid(overlay, document, facts, code)
        for field in ("select", "except"):
            for index, name in enumerate((document.value["spec"].get(field) or {}).get("names") or ()):
                if not any(matches(name, known) for known in facts.definitions):
                    problem = Spots(code, document).value(
                        ("spec", field, "names", index),
                        _unmatched(name, facts.definitions),
                        do="correct the name, or remove it",
                    )
                    yield replace(problem, missing=name)


def _unknown_overlaid(overlay: Overlay, document: Document, facts: Facts, code: str) -> Iterator[Problem]:
    """Yield that an overlay is for a name that is not there, or for nothing at all."""
    spots = Spots(code, document)
    if overlay.select is not None:
        if not facts.unread and not any(map(overlay.select.selects, facts.definitions.values())):
            at = (*overlay.path[:-1], "select")
            yield spots.key(
                at, "the overlay selects no action", do="correct the selector, or remove the overlay"
            )
        return
    known = [*facts.definitions, *facts.connections]
    if any(matches(overlay.name, one) for one in known):
        return
    way_out = "correct the name, or remove the overlay"
    message = _unmatched(overlay.name, known)
    if overlay.path[-1] == "spec":
        problem = spots.value((*overlay.path[:-1], "name"), message, do=way_out)
    else:
        problem = spots.key(overlay.path, message, do=way_out)
    yield replace(problem, missing=overlay.name)


def _unmatched(name: str, known: Collection[str]) -> str:
    if is_pattern(name):
        return f"no action matches `{name}`"
    return f"there is no action `{name}`{nearest(name, known)}"


@rule("CS334", "unknown-deploying-environment", on="workspace", adjustable=False)
def unknown_deploying_environment(facts: Facts, code: str) -> Iterator[Problem]:
    """The `environments` of an action must be environments of the workspace.

    Bad:
        environments: [everywhere, everywere]
    Good:
        environments: [everywhere]
    """
    for one in facts.definitions.values():
        for index, name in enumerate(one.environments or ()):
            if name not in facts.environments:
                problem = own_spots(code, one).value(
                    ("environments", index),
                    f"there is no environment `{name}`{nearest(name, facts.environments)}",
                    do=f"the environments are: {', '.join(sorted(facts.environments)) or 'none'}",
                )
                yield replace(problem, missing=name)


@rule("CS309", "nothing-selected", on="workspace", severity="warning")
def nothing_selected(facts: Facts, code: str) -> Iterator[Problem]:
    """An environment should select at least one action.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {select: {labels: {channel: fax}}, target: {type: sqlite, path: .callsheet/local.db}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: sqlite, path: .callsheet/local.db}}
    """
    if facts.unread:
        # A document that could not be read may be the one that would be selected.
        return
    for environment in facts.deploying:
        if not any(map(environment.deploys, facts.definitions.values())):
            written = holds(environment.document.value, ("spec", "select"))
            yield Spots(code, environment.document).key(
                ("spec", "select") if written else ("metadata", "name"),
                f"the environment `{environment.name}` selects no action",
                do="correct the selector, or add actions",
            )


@rule("CS317", "template-in-values", on="document")
def template_in_values(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A value must not read a parameter or an action: it is filled in once, before any call.

    A value may be made of `values` and `env`. Write what reads a parameter where it is used. A vendor's own
    placeholders (`{{name}}`) stay as they are.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {values: {host: api.example.com, url: "https://{{ values.host }}/{{ params.id }}"}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {values: {host: a.example, url: "https://{{ values.host }}/v1", greeting: "Hello {{name}}"}}
    """
    spec = value.get("spec")
    if value.get("kind") != "Environment" or not isinstance(spec, dict):
        return
    for path, text in texts_in(spec.get("values"), ("spec", "values")):
        found = _TOO_EARLY.search(text)
        if found is not None:
            yield at.value(
                path,
                "a value is filled in before any call, and reads `values` and `env` only",
                do="write the template in the action or in an overlay, where the value is used",
            )
