"""Test cases, contracts, snapshots and Target documents before and after → what is no longer proven."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from callsheet.compiling import Compiled
from callsheet.compiling.surroundings import Surroundings
from callsheet.documents import Document, Path, equal
from callsheet.language import Definition
from callsheet.language.difference import NOTHING
from callsheet.planning.field_changes import changed
from callsheet.planning.protections.model import Protection, place_in, place_of, protection, quoted


def pairs_of(before: Compiled, after: Compiled) -> Iterator[tuple[Definition, Definition]]:
    """Return each definition with itself before, also under another name, where its file changed."""
    for new in after.definitions.values():
        old = before.definitions.get(new.name) or before.definitions.get(new.renamed_from or "")
        if old is not None and old.kind == new.kind and old.texts != new.texts:
            yield old, new


def case_protections(before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return the test cases that are gone, that expect less, or that expect something else."""
    for old, new in pairs_of(before, after):
        if new.kind != "Action":
            continue
        was, now = (_cases(one) for one in (old, new))
        place = place_in(new, ("tests",))
        named = {str(one.get("name")): one for one in now}
        contents = {_content(one) for one in now}
        for one in was:
            name = str(one.get("name"))
            there = named.get(name)
            if there is None and _content(one) not in contents:
                yield protection(new.address, f"test case `{name}` removed", "test-removed", place=place)
            for field in _no_longer_expected(one, there or one):
                words = f"test case `{name}` no longer expects its `{field}`"
                yield protection(new.address, words, "test-removed", place=place)
            if there is not None:
                yield from _weakened(new.address, one, there, place)
            if there is not None and equal(_without_tests(old), _without_tests(new)):
                yield from _rewritten(new.address, one, there, place)


def _without_tests(one: Definition) -> dict[str, Any]:
    return {key: value for key, value in one.spec.items() if key != "tests"}


def _weakened(
    address: str, was: dict[str, Any], now: dict[str, Any], place: tuple[str, int, int]
) -> Iterator[Protection]:
    """Yield what a case no longer proves."""
    name = f"test case `{now.get('name')}`"
    if now.get("match") == "partial" and was.get("match") != "partial":
        words = f"{name} looks only at the fields that it names (`match: partial`)"
        yield protection(address, words, "test-weakened", place=place)
    if was.get("environment") != now.get("environment"):
        words = f"{name} runs in another environment"
        values = {one: it.get("environment", NOTHING) for one, it in (("before", was), ("after", now))}
        yield protection(address, words, "test-weakened", place=place, **values)


def _rewritten(
    address: str, was: dict[str, Any], now: dict[str, Any], place: tuple[str, int, int]
) -> Iterator[Protection]:
    """Yield what a case proves in the place of what it proved, of an action that did not change."""
    name = f"test case `{now.get('name')}`"
    old, new = was.get("expect") or {}, now.get("expect") or {}
    for field in sorted({*old} & {*new}):
        if not equal(old[field], new[field]):
            words = f"{name} expects another `{field}`"
            values = {"before": old[field], "after": new[field]}
            yield protection(address, words, "test-changed", "compatible", place=place, **values)
    if not equal(was.get("params"), now.get("params")):
        yield protection(address, f"{name} has other `params`", "test-changed", "compatible", place=place)


def _no_longer_expected(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return the fields that a case expected, and about which it says nothing any more."""
    old, new = was.get("expect") or {}, now.get("expect") or {}
    if now.get("match") != "partial":
        # What it names is compared wholly.
        return [one for one in old if one not in new]
    return [".".join(map(str, one)) for one in _unnamed(old, new, ())]


def _unnamed(was: Any, now: Any, path: Path) -> Iterator[Path]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key, one in was.items():
            if key in now:
                yield from _unnamed(one, now[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(was, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from _unnamed(one, other, (*path, index))


def _cases(one: Definition) -> list[dict[str, Any]]:
    return list(one.spec.get("tests") or ())


def _content(case: dict[str, Any]) -> str:
    return json.dumps({key: one for key, one in case.items() if key != "name"}, sort_keys=True, default=str)


def contract_protections(before: Surroundings, after: Surroundings) -> Iterator[Protection]:
    """Return the contracts that are gone, ignored in part, optional, or other ones than before."""
    for new in after.compiled.actions.values():
        old = before.compiled.actions.get(new.name) or before.compiled.actions.get(new.renamed_from or "")
        if old is None or equal(old.contract, new.contract):
            continue
        place = place_in(new, ("contract",))
        if old.contract and not new.contract:
            yield protection(new.address, "its contract removed", "contract-removed", place=place)
        elif new.contract and not old.contract:
            words = "a contract added: the action is checked against it"
            yield protection(new.address, words, "contract-added", "compatible", place=place)
        elif old.contract and new.contract:
            yield from _contract(new.address, old.contract, new.contract, place)
    for file in sorted({*before.digests} & {*after.digests}):
        if before.digests[file] != after.digests[file]:
            yield _file_changed(file, after)


def _contract(
    address: str, old: dict[str, Any], new: dict[str, Any], place: tuple[str, int, int]
) -> Iterator[Protection]:
    was, now = ({one["path"]: one["reason"] for one in it.get("ignore") or ()} for it in (old, new))
    for path, reason in now.items():
        if path not in was:
            words = f"its contract is ignored at `{path}`: {reason}"
            yield protection(address, words, "contract-ignored", place=place)
    for path in was:
        if path not in now:
            words = f"its contract applies again at `{path}`"
            yield protection(address, words, "contract-added", "compatible", place=place)
    if bool(old.get("optional")) != bool(new.get("optional")):
        optional = bool(new.get("optional"))
        words = "is left unchecked where its package is not installed" if optional else "is always checked"
        reason = "contract-optional" if optional else "contract-added"
        yield protection(
            address, f"its contract {words}", reason, "sensitive" if optional else "compatible", place=place
        )
    for field in ("openapi", "operation", "discovery", "method"):
        if old.get(field) != new.get(field):
            words = f"its contract: `{field}` is another one"
            values = {"before": old.get(field, NOTHING), "after": new.get(field, NOTHING)}
            path = ("spec", "contract", field)
            yield protection(address, words, "contract-changed", place=place, path=path, **values)


def _file_changed(file: str, after: Surroundings) -> Protection:
    """Say that a file changed that callsheet reads: a contract, or the journeys that use the actions."""
    files = {file, *after.parts.get(file, ())}
    users = sorted(
        one.address
        for one in after.compiled.actions.values()
        if one.contract
        and not files.isdisjoint((one.contract.get("openapi"), one.contract.get("discovery")))
    )
    if users:
        words = f"the contract of {quoted(users)} changed"
        return protection(file, words, "contract-changed", place=(file, 1, 1))
    words = "the journeys that plans take into account changed"
    return protection(file, words, "usage-changed", place=(file, 1, 1))


def target_protections(before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return what changed of the documents that say how a service is called."""
    for name in sorted({*before.targets, *after.targets}):
        old, new = before.targets.get(name), after.targets.get(name)
        subject, reason = f"Target/{name}", "target-document-changed"
        users = [
            one.name
            for one in after.concrete
            if one.target is not None and one.target.get("collection") == name
        ]
        if old is None or new is None:
            words = f"Target `{name}` {'removed' if new is None else 'added'}"
            place = None if new is None else place_of(new, ("metadata", "name"))
            yield protection(subject, words, reason, place=place, environments=users)
        else:
            yield from _fields(subject, old, new, users)


def _fields(subject: str, old: Document, new: Document, users: list[str]) -> Iterator[Protection]:
    for path, was, now in changed(old.value["spec"], new.value["spec"]):
        verb = "added" if was is NOTHING else "removed" if now is NOTHING else "changed"
        yield protection(
            subject,
            f"`{'.'.join(map(str, path)) or 'spec'}` {verb}",
            "target-document-changed",
            path=("spec", *path),
            before=was,
            after=now,
            place=place_of(new, ("spec", *path)),
            environments=users,
        )
