"""Environments before and after → what they deploy where, under which guards, and by whose approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.documents import Path, equal
from callsheet.language import Environment
from callsheet.language.difference import NOTHING, Impact, value_at
from callsheet.language.merge import holds
from callsheet.planning.field_changes import changed
from callsheet.planning.hosts import known_hosts
from callsheet.planning.protections.model import Protection, place_of, protection, quoted
from callsheet.words import counted


class Pairs(Struct, frozen=True, kw_only=True):
    """Which environment is which on the other side.

    Attributes:
        both: the name before and after, of those that are deployed on both sides; renamed ones among them.
        removed: names that deploy nothing any more.
        added: names that deploy nothing before.

    """

    both: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def paired(before: Compiled, after: Compiled) -> Pairs:
    """Find which environment is which: by its name, else by the target and ledger that it keeps."""
    was = {one.name: one for one in before.concrete}
    now = {one.name: one for one in after.concrete}
    removed = [name for name in was if name not in now]
    added = [name for name in now if name not in was]
    both = [(name, name) for name in was if name in now]
    for old in list(removed):
        # An environment that is still there, and is abstract now, was not renamed.
        same = [new for new in added if old not in after.environments and _is_same(was[old], now[new])]
        if same and same[0] not in before.environments:
            both.append((old, same[0]))
            removed.remove(old)
            added.remove(same[0])
    return Pairs(both=tuple(sorted(both)), removed=tuple(sorted(removed)), added=tuple(sorted(added)))


def _is_same(old: Environment, new: Environment) -> bool:
    if equal(old.document.value["spec"], new.document.value["spec"]):
        return True
    return all(equal(_written(old, one), _written(new, one)) for one in ("target", "ledger"))


def environment_protections(before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return what changed of every environment that deploys something on either side."""
    pairs = paired(before, after)
    for name in pairs.removed:
        yield _removed(name, before, after)
    for name in pairs.added:
        yield _added(name, before, after)
    for old, new in pairs.both:
        if old != new:
            yield protection(
                f"Environment/{new}",
                f"environment renamed from `{old}` to `{new}`: it deploys to the same target",
                "environment-renamed",
                path=("metadata", "name"),
                before=old,
                after=new,
                place=place_of(after.environments[new].document, ("metadata", "name")),
                environments=(new,),
            )
        yield from _Comparison(before, after, before.environments[old], after.environments[new]).run()


def _removed(name: str, before: Compiled, after: Compiled) -> Protection:
    number = len(before.by_environment.get(name, {}))
    stay = "stays" if number == 1 else "stay"
    owned = f"its {counted(number, 'object')} {stay} deployed, and no plan includes them"
    if name in after.environments:
        return protection(
            f"Environment/{name}",
            f"environment `{name}` became abstract: {owned}",
            "environment-abstract",
            place=place_of(after.environments[name].document, ("metadata", "name")),
            environments=(name,),
        )
    words = f"environment `{name}` removed: {owned}"
    return protection(f"Environment/{name}", words, "environment-removed", environments=(name,))


def _added(name: str, before: Compiled, after: Compiled) -> Protection:
    there = after.by_environment.get(name, {})
    hosts = sorted(known_hosts(one.content for one in there.values()))
    calls = f"; it calls {quoted(hosts)}" if hosts else ""
    target = after.environments[name].target or {}
    what = "is no longer abstract" if name in before.environments else "added"
    return protection(
        f"Environment/{name}",
        f"environment `{name}` {what}: it deploys {counted(len(there), 'object')}{calls}",
        "environment-added",
        path=("spec", "target"),
        after=dict(target),
        place=place_of(after.environments[name].document, ("metadata", "name")),
        environments=(name,),
    )


_LIMITS = (
    ("maxUpdate", "max_update", "the share of objects that one plan may update"),
    ("maxDelete", "max_delete", "the share of objects that one plan may delete"),
    ("minimum", "minimum", "the number of objects below which no limit applies"),
)


class _Comparison:
    """Compares one environment, as it is resolved, with itself before."""

    def __init__(self, before: Compiled, after: Compiled, old: Environment, new: Environment) -> None:
        self.before = before
        self.after = after
        self.old = old
        self.new = new

    def run(self) -> Iterator[Protection]:
        yield from self._section("target", "environment-target-changed")
        yield from self._section("ledger", "environment-ledger-changed")
        yield from self._guards()
        yield from self._approvals()
        yield from self._confirmers()
        if self.old.allow_send != self.new.allow_send:
            allowed = self.new.allow_send
            yield self._one(
                ("spec", "allowSend"),
                f"`callsheet send` may {'' if allowed else 'no longer '}call with what is deployed here",
                "send-allowed" if allowed else "send-refused",
                "sensitive" if allowed else "compatible",
                (self.old.allow_send, allowed),
            )
        yield from self._select()
        yield from self._extends()

    def _section(self, name: str, reason: str) -> Iterator[Protection]:
        old, new = _written(self.old, name), _written(self.new, name)
        if old is None or new is None:
            if old != new:
                verb = "added" if old is None else "removed"
                values = (NOTHING if old is None else old, NOTHING if new is None else new)
                yield self._one(("spec", name), f"`{name}` {verb}", reason, values=values)
            return
        for path, was, now in changed(old, new):
            shown = ".".join(map(str, (name, *path)))
            verb = "added" if was is NOTHING else "removed" if now is NOTHING else "changed"
            yield self._one(("spec", name, *path), f"`{shown}` {verb}", reason, values=(was, now))

    def _guards(self) -> Iterator[Protection]:
        old, new = self.old.guards, self.new.guards
        for field, attribute, what in _LIMITS:
            was, now = getattr(old, attribute), getattr(new, attribute)
            if was == now:
                continue
            unit = "" if field == "minimum" else "%"
            words = f"{what} {'raised' if now > was else 'lowered'} from {was}{unit} to {now}{unit}"
            yield self._guard(("spec", "guards", field), words, weaker=now > was)
        for one in old.require_accept:
            if one not in new.require_accept:
                words = f"{one} is applied without `--accept {one}`"
                yield self._guard(("spec", "guards", "requireAccept"), words, weaker=True)
        for one in new.require_accept:
            if one not in old.require_accept:
                words = f"{one} is applied with `--accept {one}` only"
                yield self._guard(("spec", "guards", "requireAccept"), words, weaker=False)

    def _guard(self, path: Path, words: str, *, weaker: bool) -> Protection:
        reason = "guards-weakened" if weaker else "guards-strengthened"
        return self._one(path, words, reason, "sensitive" if weaker else "compatible")

    def _approvals(self) -> Iterator[Protection]:
        old, new = self.old.approvals, self.new.approvals
        if old.count != new.count:
            lower = new.count < old.count
            yield self._one(
                ("spec", "approvals", "count"),
                f"a plan needs {counted(new.count, 'approval')} instead of {old.count}",
                "approvals-lowered" if lower else "approvals-raised",
                "sensitive" if lower else "compatible",
            )
        if old.not_author != new.not_author:
            may = "may" if old.not_author else "may not"
            yield self._one(
                ("spec", "approvals", "notAuthor"),
                f"who wrote a change {may} approve it",
                "approvals-lowered" if old.not_author else "approvals-raised",
                "sensitive" if old.not_author else "compatible",
            )
        if old.signers != new.signers:
            yield self._one(
                ("spec", "approvals", "signers"),
                f"the allowed signers are those of `{new.signers}` instead of `{old.signers}`",
                "signers-changed",
                values=(old.signers, new.signers),
            )

    def _confirmers(self) -> Iterator[Protection]:
        old, new = self.old.confirmers, self.new.confirmers
        if bool(old.count) != bool(new.count):
            words = "the allowed signers confirm steps, and nobody else"
            yield self._one(
                ("spec", "confirmers"),
                words if new.count else "everyone may confirm steps that were done by hand",
                "confirmers-added" if new.count else "confirmers-removed",
                "compatible" if new.count else "sensitive",
            )
            return
        if old.not_author != new.not_author:
            may = "may" if old.not_author else "may not"
            yield self._one(
                ("spec", "confirmers", "notAuthor"),
                f"who wrote a change {may} confirm it",
                "confirmers-weakened" if old.not_author else "confirmers-strengthened",
                "sensitive" if old.not_author else "compatible",
            )
        if old.signers != new.signers:
            yield self._one(
                ("spec", "confirmers", "signers"),
                f"those who confirm are the signers of `{new.signers}` instead of `{old.signers}`",
                "signers-changed",
                values=(old.signers, new.signers),
            )

    def _select(self) -> Iterator[Protection]:
        if self.old.select == self.new.select:
            return
        was = {one.address for one in self.before.definitions.values() if self.old.deploys(one)}
        there = {one.address: self.new.deploys(one) for one in self.after.definitions.values()}
        gone = sorted(one for one in was if there.get(one) is False)
        more = sorted(one for one, selected in there.items() if selected and one not in was)
        parts = [f"no longer {quoted(gone)}"] if gone else []
        parts += [f"newly {quoted(more)}"] if more else []
        old, new = (_field(one, ("spec", "select")) for one in (self.old, self.new))
        field = "except" if equal(old, new) else "select"
        yield self._one(
            ("spec", field),
            f"`{field}` changed: {'; '.join(parts) or 'the same objects as before'}",
            "select-changed",
            values=tuple(_field(one, ("spec", field)) for one in (self.old, self.new)),
        )

    def _extends(self) -> Iterator[Protection]:
        old, new = ([one.value["metadata"]["name"] for one in it.chain[1:]] for it in (self.old, self.new))
        if old != new:
            shown = [f"`{' → '.join(one)}`" if one else "nothing" for one in (old, new)]
            words = f"it extends {shown[1]} instead of {shown[0]}"
            yield self._one(("spec", "extends"), words, "extends-changed")

    def _one(
        self,
        path: Path,
        words: str,
        reason: str,
        impact: Impact = "sensitive",
        values: tuple[Any, ...] = (NOTHING, NOTHING),
    ) -> Protection:
        """Make one at the document that writes the field: what several environments extend is said once."""
        ways = ((one, it) for it in (path, path[:2]) for one in (self.new, self.old))
        document = next((found for way in ways if (found := _origin(*way))), self.new.document)
        written = document if document in self.new.chain else self.new.document
        return protection(
            f"Environment/{document.value['metadata']['name']}",
            words,
            reason,
            impact,
            path=path,
            before=values[0],
            after=values[1],
            place=place_of(written, path),
            environments=(self.new.name,),
        )


def _written(environment: Environment, name: str) -> Any:
    return environment.document.value["spec"].get(name)


def _field(environment: Environment, path: Path) -> Any:
    document = _origin(environment, path)
    return NOTHING if document is None else value_at(document.value, path)


def _origin(environment: Environment, path: Path) -> Any:
    inherited = path[1] not in ("target", "ledger", "allowSend")
    chain = environment.chain if inherited else environment.chain[:1]
    return next((one for one in chain if holds(one.value, path)), None)
