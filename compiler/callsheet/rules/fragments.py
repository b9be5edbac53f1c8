"""CS329 to CS332: fragments, and the payloads that name them."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.subjects import Facts

_FRAGMENT = """
    apiVersion: callsheet/v1
    kind: Fragment
    metadata: {name: customer}
    spec:
      parameters: {id: {type: string}}
      payload: {customer: {id: "{{ params.id }}"}}
    ---
    apiVersion: callsheet/v1
    kind: Action
    metadata: {name: push}
"""
_REQUEST = "{method: POST, url: https://api.example.com/send, payload: "

declare(
    "CS329",
    "unknown-fragment",
    f"""A payload must name a fragment of the workspace.

Bad:{_FRAGMENT}    spec: {{request: {_REQUEST}{{$fragment: custommer}}}}}}
Good:{_FRAGMENT}    spec: {{request: {_REQUEST}{{$fragment: customer}}}}}}
""",
    adjustable=False,
)
declare(
    "CS330",
    "wrong-fragment",
    f"""A fragment must be named with its own parameters, spread where it is a mapping, never in itself.

`with` gives each parameter a string, a number, a boolean or null. A field that a fragment spreads into a
mapping is written there once; one with `$whenEmpty` is not spread. A template file names one by
`fragment('name', parameter=value)`.

Bad:{_FRAGMENT}    spec: {{request: {_REQUEST}{{$fragment: customer, with: {{ident: a}}}}}}}}
Good:{_FRAGMENT}    spec: {{request: {_REQUEST}{{$fragment: customer, with: {{id: a}}}}}}}}
""",
    adjustable=False,
)
declare(
    "CS331",
    "parameter-declared-otherwise",
    f"""A parameter that an action passes to a fragment must be what the fragment declares.

That is its type, its sensitivity and its constraints. Its label and its example may be the action's own.

Bad:{_FRAGMENT}    spec:
      request: {_REQUEST}{{$fragment: customer}}}}
      parameters: {{id: {{type: integer}}}}
Good:{_FRAGMENT}    spec:
      request: {_REQUEST}{{$fragment: customer}}}}
      parameters: {{id: {{type: string}}}}
""",
    adjustable=False,
)


@rule("CS332", "unused-fragment", on="workspace", severity="warning")
def unused_fragment(facts: Facts, code: str) -> Iterator[Problem]:
    """A fragment should be named by a payload.

    Bad:
        apiVersion: callsheet/v1
        kind: Fragment
        metadata: {name: context}
        spec: {payload: {source: journey}}
    Good:
        apiVersion: callsheet/v1
        kind: Fragment
        metadata: {name: context}
        spec: {payload: {source: journey}}
        ---
        apiVersion: callsheet/v1
        kind: Action
        metadata: {name: push}
        spec: {request: {method: POST, url: https://api.example.com/send, payload: {$fragment: context}}}
    """
    known = {f"Fragment/{name}" for name in facts.fragments}
    named = {one for one in facts.named_parts if one.startswith("Fragment/")}
    if facts.unread or not named <= known:
        return
    for name, document in facts.fragments.items():
        if f"Fragment/{name}" not in named:
            yield Spots(code, document).value(
                ("metadata", "name"),
                f"no payload names the fragment `{name}`",
                do="name it in a payload (`$fragment`) or a template file (`fragment(…)`), or remove it",
            )
