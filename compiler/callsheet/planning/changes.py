"""A compiled action before and after → one change: its differences, their impact, the reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from os.path import commonprefix

from msgspec.structs import replace

from callsheet.compiling import CompiledAction
from callsheet.language.content import Content
from callsheet.language.difference import NOTHING, Difference, heaviest
from callsheet.language.layers import URL
from callsheet.language.urls import url_text
from callsheet.planning.field_changes import differences, placed
from callsheet.planning.hosts import first_calls
from callsheet.planning.model import ActionName, Change
from callsheet.planning.personal_data import personal_data
from callsheet.planning.relayed import by_relay
from callsheet.planning.sides import Place, Side, content_of
from callsheet.planning.unseen import unseen
from callsheet.targets.journey_optimizer.frozen import frozen_changes, pasted_anew
from callsheet.targets.journey_optimizer.uses import Usage, labels_of
from callsheet.words import listed


def make_change(
    action: ActionName,
    address: str,
    address_before: str,
    before: Side | None,
    after: CompiledAction | None,
    place: Place = lambda address, path: None,  # noqa: ARG005
    known: Collection[str] = (),
) -> Change:
    """Make one change, with its differences, impact and reasons.

    `known` are the hosts that are called already: one that a new action is the first to call is sensitive.
    """
    old = None if before is None else content_of(before)
    new = None if after is None else after.content
    diff = _diff(action, old, new, None if after is None else after.canonical)
    if action == "create" and new is not None:
        diff += first_calls(new, known)
    if new is not None:
        # A new action is placed as a whole, its file is new; but for what is hidden inside it.
        fields = [one for one in diff if old is not None or not one.path or one.reason in _HIDDEN]
        there = {id(one): it for one, it in zip(fields, _placed(fields, address, place), strict=True)}
        diff = [there.get(id(one), one) for one in diff]
    return Change(
        address=address,
        address_before=address_before,
        action=action,
        impact=heaviest([one.impact for one in diff]),
        reasons=tuple(sorted({one.reason for one in diff})),
        diff=tuple(diff),
        before=old,
        after=new,
        before_digest=None if before is None else before.digest,
        after_digest=None if after is None else after.digest,
        after_text=None if after is None else after.canonical,
    )


def _placed(fields: list[Difference], address: str, place: Place) -> list[Difference]:
    found = placed(fields, lambda path: place(address, path))
    return [_placed_url(one, address, place) for one in found]


def _placed_url(one: Difference, address: str, place: Place) -> Difference:
    """Return a difference of a URL at the document that wrote the part of it that changed."""
    if one.path != URL or one.before is NOTHING or one.after is NOTHING:
        return one
    same = commonprefix([url_text(one.before), url_text(one.after)])  # noqa: RUF071 - by characters
    return replace(one, place=place(address, (*URL, len(same))))


PASTE = "paste the new expression of"
_HIDDEN = ("unseen-characters", "look-alike-host")


def replaced_in_use(change: Change, journeys: Sequence[str]) -> Change:
    """Make a new object of a change that journeys which use the old one do not let through."""
    before, after = change.before, change.after
    if before is None or after is None:
        return change
    if not frozen_changes(before, after, change.diff):
        return _pasted_anew(change, pasted_anew(before, after), journeys)
    words = f"a new action replaces it; move the journeys that use it: {listed(journeys, 3)}"
    return _replaced(change, words, "frozen-in-use")


def _pasted_anew(change: Change, expressions: Sequence[tuple[str, str]], journeys: Sequence[str]) -> Change:
    """Name the expressions that the journeys which use an action have to paste again."""
    found = [
        Difference(
            path=(),
            before=NOTHING,
            after=NOTHING,
            words=f"{PASTE} `{label}` in {listed(journeys, 3)}: {text}",
            impact="breaking",
            reason="expression-changed",
        )
        for label, text in expressions
    ]
    if not found:
        return change
    reasons = tuple(sorted({*change.reasons, "expression-changed"}))
    return replace(change, impact="breaking", diff=(*change.diff, *found), reasons=reasons)


def replaced_where_fixed(change: Change, fields: Sequence[str]) -> Change:
    """Make a new object of a change that touches what cannot change at the target."""
    words = f"a new object replaces it: the service does not allow changes of {', '.join(fields)}"
    return _replaced(change, words, "fixed-at-target")


def _replaced(change: Change, words: str, reason: str) -> Change:
    why = Difference(path=(), before=NOTHING, after=NOTHING, words=words, impact="breaking", reason=reason)
    diff = (*change.diff, why)
    reasons = tuple(sorted({one.reason for one in diff}))
    return replace(change, action="replace", impact="breaking", diff=diff, reasons=reasons)


def deleted_in_use(change: Change, journeys: Sequence[str]) -> Change:
    """Name the journeys that use what a change deletes: the screen refuses that until they do not."""
    many = "journeys use it and have" if len(journeys) > 1 else "journey uses it and has"
    words = f"{len(journeys)} {many} to let go of it first: {listed(journeys, 10)}"
    found = Difference(
        path=(), before=NOTHING, after=NOTHING, words=words, impact="breaking", reason="deleted-in-use"
    )
    reasons = tuple(sorted({*change.reasons, found.reason}))
    return replace(
        change, impact=heaviest([change.impact, found.impact]), diff=(*change.diff, found), reasons=reasons
    )


def mapped_in_journeys(change: Change, usage: Usage) -> Change:
    """Name the live journeys that map a parameter which a change takes away, or makes another one."""
    found = []
    for one in change.diff:
        if one.reason not in ("parameter-removed", "parameter-retyped") or len(one.path) < 2:
            continue
        name = str(one.path[1])
        journeys = usage.mapping(change.address_before, labels_of(change.before or {}, name))
        if journeys:
            subject = "live journeys that map" if len(journeys) > 1 else "live journey that maps"
            words = f"{subject} `{name}`: {', '.join(journeys)}"
            found.append(
                Difference(
                    path=one.path,
                    before=NOTHING,
                    after=NOTHING,
                    words=words,
                    impact="breaking",
                    reason="mapped-in-journey",
                )
            )
    if not found:
        return change
    reasons = tuple(sorted({*change.reasons, "mapped-in-journey"}))
    return replace(change, impact="breaking", diff=(*change.diff, *found), reasons=reasons)


def brought_on(change: Change, why: str) -> Change:
    """Say of a change that it brings on what an earlier one left half done."""
    note = Difference(
        path=(),
        before=NOTHING,
        after=NOTHING,
        words=f"half done: {why}",
        impact="compatible",
        reason="half-done",
    )
    reasons = tuple(sorted({*change.reasons, note.reason}))
    impact = heaviest([change.impact, note.impact])
    return replace(change, impact=impact, diff=(note, *change.diff), reasons=reasons)


def _diff(
    action: ActionName, before: Content | None, after: Content | None, text: str | None
) -> list[Difference]:
    if action == "adopt":
        return []
    if before is not None and after is not None:
        return differences(before, after)
    if after is not None:
        return _created(after, text)
    what = (
        "action"
        if "request" in (before or {})
        else "message"
        if "channel" in (before or {})
        else "endpoint"
    )
    words = f"{what} deleted" if action == "delete" else "no longer recorded: it is not deployed"
    impact = "breaking" if action == "delete" else "cosmetic"
    return [
        Difference(
            path=(),
            before=before,
            after=NOTHING,
            words=words,
            impact=impact,  # type: ignore[arg-type]
            reason="action-deleted" if action == "delete" else "record-removed",
        )
    ]


def _created(after: Content, text: str | None) -> list[Difference]:
    """Explain a new action: that it is new, and which personal data it sends where."""
    from callsheet.calling.receivers import receiver_of, receivers_of

    host = receiver_of(after)
    if "request" in after:
        words, reason = f"new action: {after['request']['method']} to {host}", "action-created"
    elif "channel" in after:
        words, reason = f"new message: {after['channel']} by {host}", "message-created"
    else:
        words, reason = f"new configuration of the endpoint {after.get('url', '?')}", "endpoint-created"
    found = [
        Difference(
            path=(),
            before=NOTHING,
            after=NOTHING,
            words=words,
            impact="compatible",
            reason=reason,
        )
    ]
    if "relay" in after:
        found.append(by_relay(after))
    personal = personal_data(after)
    for receiver in receivers_of(after) if personal else ():
        for name, kind in personal.items():
            found.append(
                Difference(
                    path=("parameters", name),
                    before=NOTHING,
                    after={"sensitivity": kind, "host": receiver},
                    words=f"personal data (`{name}`: {kind}) leaves for {receiver}",
                    impact="sensitive",
                    reason="new-personal-data",
                )
            )
    return [*found, *unseen(None, after, text)]
