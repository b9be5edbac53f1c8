"""CS301, CS302 and CS310: names, in all files together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Document, Problem, Related
from callsheet.language.catalog import Spots, rule
from callsheet.language.environment import own_spots
from callsheet.language.kinds import deployed_kinds
from callsheet.language.subjects import Facts


@rule("CS301", "duplicate-name", on="workspace", adjustable=False)
def duplicate_name(facts: Facts, code: str) -> Iterator[Problem]:
    """A name must be unique among the documents of a kind, in all files together.

    Actions, messages and endpoints are deployed side by side: no two of them have the same name, and
    overlays name them and connections alike.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: remote}
        spec: {}
    """
    yield from _clashes(facts, code, str, "is used twice", "rename one of the two")


@rule("CS302", "case-clash", on="workspace")
def case_clash(facts: Facts, code: str) -> Iterator[Problem]:
    """Two names must differ in more than upper and lower case: many systems treat them as the same.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: Local}
        spec: {}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
    """
    yield from _clashes(
        facts,
        code,
        str.lower,
        "differs from another only in upper and lower case",
        "rename one of the two",
    )


def _clashes(facts: Facts, code: str, fold: Any, words: str, way_out: str) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[str, str, Document]] = {}
    deployed = deployed_kinds()
    for kind, name, document in facts.named:
        group = "deployed" if kind in deployed or kind == "Connection" else kind
        known_kind, known_name, known = first.setdefault((group, fold(name)), (kind, name, document))
        if known is document or (fold is not str and known_name == name):
            continue
        there = Related(
            file=known.file,
            span=known.place(("metadata", "name")),
            message=f"`{known_name}` is used here",
        )
        which = f"the name `{name}` of kind {kind} {words}"
        if kind != known_kind:
            # They share one name space: say which two kinds meet.
            which = (
                f"the {kind} `{name}` shares a name space with the {known_kind} `{known_name}`: it {words}"
            )
        yield Spots(code, document).value(
            ("metadata", "name"),
            which,
            do=way_out,
            related=(there,),
        )


@rule("CS310", "rename-of-existing", on="workspace")
def rename_of_existing(facts: Facts, code: str) -> Iterator[Problem]:
    """`renamedFrom` must name an action that the workspace no longer has.

    Bad:
        lifecycle: {renamedFrom: example}
    Good:
        lifecycle: {renamedFrom: old_example}
    """
    claimed: dict[str, str] = {}
    for name, action in facts.definitions.items():
        old = action.renamed_from
        if old is None:
            continue
        spots = own_spots(code, action)
        path = ("lifecycle", "renamedFrom")
        if old in facts.definitions:
            yield spots.value(
                path,
                f"the action `{old}` is still in the workspace",
                do="remove renamedFrom, or the action of the old name",
            )
        elif old in claimed:
            yield spots.value(
                path, f"`{claimed[old]}` was renamed from `{old}` too", do="remove one of the two"
            )
        else:
            claimed[old] = name
