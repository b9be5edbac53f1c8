"""What `--select` says → the definitions that it chooses: names, patterns, and `label:NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from callsheet.errors import CallsheetError
from callsheet.language.selector import matches
from callsheet.words import nearest

_LABEL = "label:"


def chosen_names(labels: Mapping[str, Mapping[str, str]], select: Collection[str]) -> Sequence[str]:
    """Return the names that a selection chooses, each once, in the order of `labels`.

    Args:
        labels: those of everything that can be chosen, by its name.
        select: of which one entry at least must choose it; each must choose something.

    Raises:
        CallsheetError: CS925 for an entry that chooses nothing.

    """
    for entry in select:
        if not any(_chooses(entry, name, own) for name, own in labels.items()):
            near = "" if entry.startswith(_LABEL) else nearest(entry, labels)
            raise CallsheetError(
                "CS925",
                f"`--select {entry}` selects nothing{near}",
                help="write a name, a pattern such as `braze_*`, or `label:NAME=VALUE`",
            )
    return [name for name, own in labels.items() if any(_chooses(one, name, own) for one in select)]


def _chooses(entry: str, name: str, labels: Mapping[str, str]) -> bool:
    if not entry.startswith(_LABEL):
        return matches(entry, name)
    label, _, value = entry.removeprefix(_LABEL).partition("=")
    return label in labels and matches(value or "*", labels[label])
