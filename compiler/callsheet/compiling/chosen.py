"""A compiled workspace × a selection → the definitions that a command is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial

from callsheet.compiling.model import Compiled
from callsheet.compiling.surroundings import MAX_BYTES
from callsheet.documents import Source, Unreadable, equal
from callsheet.documents.problems import ANY
from callsheet.errors import CallsheetError, InvalidWorkspaceError
from callsheet.language.action import Action, Definition
from callsheet.language.diagnostics import Diagnostic
from callsheet.language.selection import Candidate, Selection

Changed = Callable[[str], Collection[str]]
"""Returns the addresses of what has changed since a revision."""


def candidates_of(compiled: Compiled) -> dict[str, Candidate]:
    """Return every definition as an object that can be selected, by address."""
    return {
        one.address: Candidate(address=one.at, labels=one.labels, owner=one.owner, definition=one)
        for one in compiled.definitions.values()
    }


def choose(
    selection: Selection, compiled: Compiled, candidates: Mapping[str, Candidate], changed: Changed
) -> frozenset[str]:
    """Return the addresses that a selection selects among candidates.

    Raises:
        CallsheetError: CS335 for a word that names nothing. Where files could not be read, it comes with
            what is wrong with them: the word may name something in one.

    """
    try:
        return selection.choose(candidates, changed)
    except CallsheetError as error:
        error.findings = hidden_in(compiled)
        raise


def hidden_in(compiled: Compiled) -> list[Diagnostic]:
    """Return the errors that may concern any definition, or are of a file in which none could be read."""
    return [one for one in compiled.errors if _may_hide_something(one)]


def refuse_unread(selection: Selection, compiled: Compiled) -> None:
    """Refuse to say what has a label, or has changed, where files could not be read; names are as they are.

    Raises:
        InvalidWorkspaceError: with what is wrong with the files.

    """
    hidden = hidden_in(compiled)
    if hidden and not selection.names_only:
        raise InvalidWorkspaceError(compiled, hidden)


def names_of(
    selection: Selection,
    compiled: Compiled,
    changed: Changed,
    environment: str | None = None,
    kind: str | None = None,
) -> list[str]:
    """Return the names of the definitions that a selection selects, sorted.

    Args:
        selection: what was asked for.
        compiled: the workspace.
        changed: returns what has changed since a revision.
        environment: only those that it deploys; None for all.
        kind: only those of this kind; None for all.

    Raises:
        CallsheetError: CS335 for a word that names nothing, CS336 where nothing is selected.

    """
    found = choose(selection, compiled, candidates_of(compiled), changed)
    where = "" if kind is None else f" of kind {kind}"
    there = [
        one for one in compiled.definitions.values() if one.address in found and kind in (None, one.kind)
    ]
    if environment is not None:
        where += f" in {environment}"
        deployed_by = compiled.environments[environment]
        there = [one for one in there if deployed_by.deploys(one)]
    names = sorted(one.name for one in there)
    selection.refuse_empty(names, where)
    return names


def findings_of(compiled: Compiled, names: Collection[str]) -> list[Diagnostic]:
    """Return the findings that concern definitions, and those that may concern any."""
    through = {
        one.spec["via"]["action"]
        for one in compiled.messages.values()
        if one.name in names and "action" in (one.spec.get("via") or {})
    }
    wanted = {ANY, *names, *through}
    return [
        one
        for one in compiled.diagnostics
        if _may_hide_something(one) or any(name in wanted for name, _ in one.about)
    ]


def _may_hide_something(one: Diagnostic) -> bool:
    """Return whether a finding may concern any definition, or is of a file in which none could be read."""
    return not one.about or any(not name for name, _ in one.about)


def changed_between(before: Compiled, after: Compiled, sources: tuple[Source, Source]) -> frozenset[str]:
    """Return the addresses of the definitions of which anything differs between two workspaces.

    That is what they compile to in any environment, what their own documents say, or the contract that they
    name. A definition that only one of the two has differs.

    Args:
        before: one workspace.
        after: the other one.
        sources: the files of both.

    """
    old = {one.address: one for one in before.definitions.values()}
    new = {one.address: one for one in after.definitions.values()}
    compiled_before, compiled_after = _digests(before), _digests(after)
    # Many actions name one contract, which may be large.
    described = [cache(partial(_text_digest, source)) for source in sources]
    return frozenset(
        address
        for address in {*old, *new}
        if address not in old
        or address not in new
        or compiled_before.get(address) != compiled_after.get(address)
        or _written_otherwise(old[address], new[address])
        or _contract(old[address], described[0]) != _contract(new[address], described[1])
    )


def _digests(compiled: Compiled) -> dict[str, dict[str, str]]:
    """Return the digest of each definition in each environment."""
    found: dict[str, dict[str, str]] = {}
    for environment, there in compiled.by_environment.items():
        for address, one in there.items():
            found.setdefault(address, {})[environment] = one.digest
    return found


def _written_otherwise(before: Definition, after: Definition) -> bool:
    if before.document.text == after.document.text and before.item == after.item:
        return False  # parsing both again would find the same
    return not equal(before.origin.value, after.origin.value)


def _contract(definition: Definition, digest: Callable[[str], str | None]) -> str | None:
    """Return the digest of the contract that an action names, where it is a file of the workspace."""
    named = definition.contract if isinstance(definition, Action) else None
    file = None if named is None else named.get("openapi") or named.get("discovery")
    return None if file is None or file.startswith("package:") else digest(file)


def _text_digest(source: Source, file: str) -> str | None:
    """Return the digest of a contract's text, whatever its line ends; None where it cannot be read."""
    try:
        content = source.read(file, limit=MAX_BYTES)
    except Unreadable:
        return None
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
