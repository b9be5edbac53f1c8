"""Policies before and after → what they no longer refuse, and of which objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callsheet.compiling import Compiled
from callsheet.documents import Path, equal
from callsheet.language.difference import NOTHING, Impact
from callsheet.language.policy import Policy, PolicyException
from callsheet.language.selector import Selector
from callsheet.planning.field_changes import changed
from callsheet.planning.protections.model import Protection, place_of, protection, quoted

_WEIGHT = {"off": 0, "warning": 1, "error": 2}


def policy_protections(before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return what changed of each policy."""
    was = {one.name: one for one in before.policies}
    now = {one.name: one for one in after.policies}
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old is None and new is not None:
            yield protection(
                f"Policy/{name}",
                f"policy `{name}` added{_looks_at(new, after)}",
                "policy-added",
                "compatible",
                place=place_of(new.document, ("metadata", "name")),
            )
        elif old is not None and new is None:
            lets_go = _objects(old.select, after)
            of = f": it no longer applies to {quoted(lets_go)}" if lets_go else ""
            yield protection(f"Policy/{name}", f"policy `{name}` removed{of}", "policy-removed")
        elif old is not None and new is not None and not equal(old.document.value, new.document.value):
            yield from _Comparison(old, new, before, after).run()
        if old is not None and new is not None and old.select == new.select:
            yield from _left(new, before, after)


class _Comparison:
    def __init__(self, old: Policy, new: Policy, before: Compiled, after: Compiled) -> None:
        self.old = old
        self.new = new
        self.before = before
        self.after = after

    def run(self) -> Iterator[Protection]:
        yield from self._select()
        yield from self._severities()
        yield from self._exceptions()
        schemas = ({"schema": self.old.schema}, {"schema": self.new.schema})
        for path, was, now in changed(*schemas):
            verb = "added" if was is NOTHING else "removed" if now is NOTHING else "changed"
            words = f"policy `{self.new.name}`: `{'.'.join(map(str, path))}` {verb}"
            yield self._one(
                ("spec", *path), words + _looks_at(self.new, self.after), "policy-changed", was, now
            )
        if self.old.message != self.new.message:
            words = f"policy `{self.new.name}`: its message changed"
            values = (self.old.message, self.new.message)
            yield self._one(("spec", "message"), words, "policy-described", *values, impact="cosmetic")

    def _select(self) -> Iterator[Protection]:
        if self.old.select == self.new.select:
            return
        covered = set(_objects(self.new.select, self.after))
        lets_go = [one for one in _objects(self.old.select, self.after) if one not in covered]
        wider = _covers(self.new.select, self.old.select)
        what = f"no longer applies to {quoted(lets_go)}" if lets_go else "selects other objects than before"
        words = f"policy `{self.new.name}` {'applies to more than before' if wider else what}"
        values = tuple(one.document.value["spec"].get("select", NOTHING) for one in (self.old, self.new))
        reason, impact = ("policy-widened", "compatible") if wider else ("policy-narrowed", "sensitive")
        yield self._one(("spec", "select"), words, reason, *values, impact=impact)  # type: ignore[arg-type]

    def _severities(self) -> Iterator[Protection]:
        """Compare what a violation is in each environment, also in one that is only named so far."""
        names = sorted(
            {*(one.name for one in self.after.concrete), *self.old.severity_in, *self.new.severity_in}
        )
        moved: dict[tuple[str, str], list[str]] = {}
        if self.old.severity != self.new.severity:
            moved[(self.old.severity, self.new.severity)] = [""]
        for name in names:
            severities = (_severity(self.old, name), _severity(self.new, name))
            if severities[0] != severities[1]:
                moved.setdefault(severities, []).append(name)
        for (was, now), places in moved.items():
            lower = _WEIGHT[now] < _WEIGHT[was]
            general = "" in places
            where = "" if general else f" in {quoted(places)}"
            yield self._one(
                ("spec", "severity" if general else "severityIn"),
                f"policy `{self.new.name}`: a violation is {now} instead of {was}{where}",
                "policy-weakened" if lower else "policy-strengthened",
                impact="sensitive" if lower else "compatible",
                environments=[] if general else places,
            )

    def _exceptions(self) -> Iterator[Protection]:
        was, now = (_latest(it.exceptions) for it in (self.old, self.new))
        for key, one in now.items():
            known = was.get(key)
            if known is None or known.until < one.until:
                where = f" in {', '.join(one.environments)}" if one.environments else ""
                words = (
                    f"policy `{self.new.name}`: `{one.action}` may break it{where} until {one.until}:"
                    f" {one.reason}"
                )
                yield self._one(("spec", "exceptions"), words, "policy-exception")
        for key, one in was.items():
            if key not in now:
                words = f"policy `{self.new.name}`: the exception of `{one.action}` removed"
                yield self._one(("spec", "exceptions"), words, "policy-strengthened", impact="compatible")

    def _one(
        self,
        path: Path,
        words: str,
        reason: str,
        before: object = NOTHING,
        after: object = NOTHING,
        *,
        impact: Impact = "sensitive",
        environments: list[str] | None = None,
    ) -> Protection:
        return protection(
            f"Policy/{self.new.name}",
            words,
            reason,
            impact,
            path=path,
            before=before,
            after=after,
            place=place_of(self.new.document, path),
            environments=environments or (),
        )


def _latest(exceptions: Sequence[PolicyException]) -> dict[tuple[str, tuple[str, ...]], PolicyException]:
    """Return the exceptions by whom they let go; of several, the one that holds longest."""
    return {_key(one): one for one in sorted(exceptions, key=lambda it: it.until)}


def _left(policy: Policy, before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return what a policy no longer applies to, although it did not change: by a label, or a new name."""
    now = set(_objects(policy.select, after))
    for new in sorted(after.definitions.values(), key=lambda one: one.address):
        old = before.definitions.get(new.name) or before.definitions.get(new.renamed_from or "")
        if old is None or new.address in now or not policy.select.selects(old):
            continue
        words = (
            f"policy `{policy.name}` no longer applies to {new.address}, which has another label or name"
        )
        place = place_of(new.document, ("metadata", "name"))
        yield protection(f"Policy/{policy.name}", words, "policy-narrowed", place=place)


def _key(one: PolicyException) -> tuple[str, tuple[str, ...]]:
    return one.action, tuple(sorted(one.environments))


def _severity(policy: Policy, environment: str) -> str:
    return policy.severity_in.get(environment, policy.severity)


def _objects(select: Selector, compiled: Compiled) -> list[str]:
    return sorted(one.address for one in compiled.definitions.values() if select.selects(one))


def _looks_at(policy: Policy, compiled: Compiled) -> str:
    found = _objects(policy.select, compiled)
    return f" (it applies to {quoted(found)})" if found else " (it applies to no object)"


def _covers(wide: Selector, narrow: Selector) -> bool:
    """Return whether a selector selects whatever another one does, also of what is not written yet."""

    def within(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
        return not others or (bool(some) and set(some) <= set(others))

    labels = dict(narrow.labels)
    return (
        (wide.left_out is None or wide.left_out == narrow.left_out)
        and within(narrow.kinds, wide.kinds)
        and within(narrow.names, wide.names)
        and all(within(labels.get(label, ()), allowed) for label, allowed in wide.labels)
    )
