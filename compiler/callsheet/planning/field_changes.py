"""Two compiled actions → what changed, in the terms of an action, with impact and reason.

deepdiff finds the changed values; here each gets its words, its impact class and its reason code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.documents import Path, equal
from callsheet.language.credential_names import judged_path
from callsheet.language.difference import NOTHING, Difference, value_at
from callsheet.language.masking import masked_words
from callsheet.language.when_empty import WHEN_EMPTY
from callsheet.planning.explanations import explain
from callsheet.planning.personal_data import personal_data
from callsheet.planning.unseen import unseen


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what changed between two compiled actions, sorted by path; empty where they are equal."""
    if "unreadable" in after and "unreadable" not in before:
        return [_unreadable(after["unreadable"])]
    found = [_explained(path, old, new, before, after) for path, old, new in changed(before, after)]
    found += _new_personal_data(before, after)
    found += unseen(before, after)
    return sorted(found, key=lambda one: (one.pointer, one.reason))


def _unreadable(text: str) -> Difference:
    """Return the one difference of what was broken by hand at the target."""
    return Difference(
        path=("unreadable",),
        before=NOTHING,
        after=text,
        words="what is deployed cannot be read as a compiled object",
        impact="sensitive",
        reason="unreadable",
    )


def changed(before: Any, after: Any) -> list[tuple[Path, Any, Any]]:
    """Return the paths at which two values differ, by deepdiff; the smallest values that show it."""
    from deepdiff import DeepDiff

    tree = DeepDiff(
        _marked(before),
        _marked(after),
        view="tree",
        ignore_order=False,
        threshold_to_diff_deeper=0,
        ignore_private_variables=False,  # else keys such as `__typename` are not looked at
    )
    found: dict[Path, tuple[Any, Any]] = {}
    for kind, items in tree.items():
        for item in items:
            path = tuple(item.path(output_format="list"))
            old = NOTHING if kind.endswith("_added") else _unmarked(item.t1)
            new = NOTHING if kind.endswith("_removed") else _unmarked(item.t2)
            path, old, new = _whole_slots(path, old, new, before, after)
            if not equal(old, new):  # to deepdiff, 1.0 is not 1
                found[path] = (old, new)
    return [(path, *pair) for path, pair in found.items()]


def _marked(value: Any) -> Any:
    """Return a value in which true and false are texts: to Python, and so to deepdiff, false is 0."""
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    marked = isinstance(value, bool) or (isinstance(value, str) and value.startswith("\0"))
    return f"\0{value}" if marked else value


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmarked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unmarked(one) for one in value]
    marked = isinstance(value, str) and value.startswith("\0")
    return _MARKS.get(value, value[1:]) if marked else value


_MARKS = {"\0True": True, "\0False": False}


def _whole_slots(path: Path, old: Any, new: Any, before: Any, after: Any) -> tuple[Path, Any, Any]:
    """Step out of a slot, a reference, or a pair that is a credential: it changes as a whole.

    A template is compared from inside.
    """
    literal = False
    for length, part in enumerate(path):
        slot = isinstance(part, str) and part.startswith("$") and not literal
        literal = part == "$literal" and not literal
        if part == "$template" and path[length + 1 : length + 2] == ("fragments",):
            continue  # a fragment of the template is a payload of its own
        if part in ("$template", WHEN_EMPTY):
            break
        if (slot and not literal) or (part == "secret" and length + 1 == len(path)):
            return path[:length], value_at(before, path[:length]), value_at(after, path[:length])
    # The name that makes a value a credential is beside it.
    around = [value_at(one, path[:-1]) for one in (before, after)]
    if any(judged_path(path, one) is not path for one in around):
        return path[:-1], *around
    return path, old, new


def _explained(
    path: Path, old: Any, new: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Difference:
    words, impact, reason = explain(path, old, new, before, after)
    return Difference(
        path=path, before=old, after=new, words=masked_words(words), impact=impact, reason=reason
    )


def _new_personal_data(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    from callsheet.calling.receivers import receivers_of

    was, hosts_before = personal_data(before), receivers_of(before)
    return [
        Difference(
            path=("parameters", name),
            before=NOTHING,
            after={"sensitivity": kind, "host": host},
            words=f"personal data (`{name}`: {kind}) newly leaves for {host}",
            impact="sensitive",
            reason="new-personal-data",
        )
        for host in receivers_of(after)
        for name, kind in personal_data(after).items()
        if host not in hosts_before or name not in was
    ]


def placed(
    found: list[Difference], place: Callable[[Path], tuple[str, int, int] | None]
) -> list[Difference]:
    """Add to each difference where its new value is written."""
    return [replace(one, place=place(one.path)) for one in found]
