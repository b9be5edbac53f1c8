"""A page of changes → what it can be filtered by, and where each of its rows leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from callsheet.language.difference import IMPACTS
from callsheet.reporting.page import Facts, Page

FILTER_WORDS: dict[str, tuple[str, str]] = {
    "lang": ("en", "fr"),
    "impact": ("Impact", "Effet"),
    "owner": ("Owner", "Équipe"),
    "host": ("Host", "Hôte"),
    "environment": ("Environment", "Environnement"),
    "any": ("any", "peu importe"),
    "reset": ("Reset", "Réinitialiser"),
    "each_change": ("Each change", "Chaque changement"),
    "changes_shown": ("% of {} changes shown one by one", "changements montrés un à un : % sur {}"),
}
"""The words of the filters in English and French, by key."""


_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")


def page_of(name: str) -> str:
    """Return the file of the page that the catalog has of an object; empty where its name is no file's."""
    return f"actions/{name}.html" if _FILE.fullmatch(name) else ""


class Filtered(Struct, frozen=True):
    """What a page of changes has beside its blocks.

    Attributes:
        choices: what can be chosen, by name, each with its values; empty where there is nothing to choose.
        anchors: by what a row or a section is about, the name of the section on the page.

    """

    choices: Sequence[tuple[str, Sequence[str]]]
    anchors: Mapping[Facts, str]


def filtered(page: Page) -> Filtered:
    """Return the filters of a page; a page of fewer than two changes has none."""
    about = [one.about for one in page.sections if one.about is not None]
    anchors = {one: f"change-{number}" for number, one in enumerate(about, 1)}
    if len(about) < 2:
        return Filtered((), anchors)
    found: dict[str, Iterable[str]] = {
        "impact": sorted({one.impact for one in about}, key=lambda one: -IMPACTS.index(one)),
        "owner": sorted({one.owner for one in about}),
        "host": sorted({host for one in about for host in one.hosts}),
        "environment": sorted({name for one in about for name in one.environments}),
    }
    choices = [(name, [one for one in values if one]) for name, values in found.items()]
    return Filtered([(name, values) for name, values in choices if values], anchors)


def linking(pages: Mapping[str, str]) -> Callable[[str], str]:
    """Return what leads from the name of an object to its page, and to nothing where there is none."""
    return lambda address: pages.get(address, "")
