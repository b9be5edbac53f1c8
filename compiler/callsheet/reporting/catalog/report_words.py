"""The headings, heads and differences of a report in French; what else the compiler says stays its own.

A line is French where every piece of it is known, and else none of it: a sentence is in one language.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from callsheet.reporting.catalog.difference_words import difference_in_french
from callsheet.reporting.catalog.wording import spaced
from callsheet.reporting.catalog.words import heads_in
from callsheet.reporting.page import Code, Inline, inline

InWords = Callable[[Inline], Inline]
"""Returns a line in the language of a page; nothing where a piece of it is not known."""

_WHOLE = {
    "Personal data that newly leaves": "Données personnelles qui sortent désormais",
    "Changed at the target, not by callsheet": "Modifié à la cible, pas par callsheet",
    "Deployed, not by callsheet, left alone": "Déployé, pas par callsheet, laissé tel quel",
    " no longer deployed": " plus déployé",
    " changed": " modifié",
    "The request, with the examples of its parameters, before and after:": (
        "La requête, avec les exemples de ses paramètres, avant et après :"
    ),
    "The request of the test case ": "La requête du cas de test ",
    ", before and after:": ", avant et après :",
    "Shared by several: ": "Partagé par plusieurs : ",
    "Shared value ": "Valeur partagée ",
    "For example ": "Par exemple ",
    " in ": " dans ",
    ", ": ", ",
    " → ": " → ",
    " · ": " · ",
}
_STEP = re.compile(
    r" (?P<step>\w+)(?P<hand>, by hand(?: in (?P<there>[^,]+(?:, [^,]+)*?))?)?"
    r", (?P<impact>cosmetic|compatible|breaking|sensitive)"
    r"(?:, owner (?P<owner>.*?))?(?: in (?P<where>.*))?",
    re.DOTALL,
)
_CHANGES = re.compile(r" changes (?P<many>[0-9,]+) actions?")
_MORE = re.compile(r"(?P<before> ?)and (?P<many>[0-9,]+) more")


def in_words(language: str) -> InWords:
    """Return what says the lines of a report in a language; nothing of them is said again in English."""

    def said(content: Inline) -> Inline:
        if language != "fr":
            return ()
        if difference := _difference(content):
            return difference
        found = [
            one if isinstance(one, Code) else _piece(one) if isinstance(one, str) else "" for one in content
        ]
        return tuple(found) if all(found) else ()

    return said


_REASON = re.compile(r"(?P<words>.*) (?P<reason>\([a-z][a-z-]*\))", re.DOTALL)


def _difference(content: Inline) -> Inline:
    """Return a line that says what differs: its words, the code of the reason, and its place as it is."""
    place = content[-2:] if len(content) > 2 and content[-2] == " · " else ()
    line = content[: len(content) - len(place)]
    if any(
        not isinstance(one, str | Code) or "`" in (one.text if isinstance(one, Code) else one)
        for one in line
    ):
        return ()
    text = "".join(f"`{one.text}`" if isinstance(one, Code) else str(one) for one in line)
    found = _REASON.fullmatch(text)
    french = difference_in_french(found["words"]) if found else ""
    return (*inline(french), f" {found['reason']}", *place) if found and french else ()


def _piece(text: str) -> str:
    if text in _WHOLE:
        return spaced(_WHOLE[text])
    if (found := _STEP.fullmatch(text)) and found["step"] in (heads := heads_in("fr")):
        hand = ", à la main" if found["hand"] else ""
        there = f" dans {found['there']}" if found["there"] else ""
        owner = f", équipe {found['owner']}" if found["owner"] else ""
        where = f" dans {found['where']}" if found["where"] else ""
        return spaced(f" : {heads[found['step']]}{hand}{there}, {heads[found['impact']]}") + owner + where
    if found := _CHANGES.fullmatch(text):
        plural = "" if found["many"] == "1" else "s"
        return spaced(f" : {found['many']} action{plural} modifiée{plural}")
    if found := _MORE.fullmatch(text):
        return f"{found['before']}et {found['many']} de plus"
    return ""
