"""A catalog → its overview: states, drift, what is open, applies over time, and what expires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, get_args

from msgspec import Struct

from callsheet.deploying.cataloguing import CatalogResult, Word
from callsheet.deploying.seen import Seen
from callsheet.language.difference import Difference
from callsheet.language.masking import masked
from callsheet.reporting.catalog.others import by_state
from callsheet.reporting.catalog.plots import Bars, bars_of, columns_of
from callsheet.reporting.catalog.views import View
from callsheet.reporting.catalog.wording import moment
from callsheet.reporting.filters import linking
from callsheet.reporting.page_parts import difference_blocks

STATE_WORDS: tuple[Word, ...] = get_args(Word)
MOST_WEEKS = 26
MOST_DRIFT = 50
SOON = 30
"""What ends within so many days is marked."""


class Drifted(Struct, frozen=True):
    """What is not as it was applied: where, what became of it, and the fields that differ."""

    environment: str
    address: str
    what: str
    diff: Sequence[Difference] = ()


class Ending(Struct, frozen=True):
    """What ends on a day: its name, whose it is, what else is to be said, and how many days are left."""

    name: str
    of: str
    until: str
    days: int
    note: str = ""

    def left(self, words: Mapping[str, str]) -> str:
        """Return in words how long it still holds, or that it no longer does."""
        if self.days < 0:
            return words["ended"]
        # 0 takes no plural in French.
        is_one = self.days == 1 or (self.days == 0 and words["lang"] == "fr")
        return words["day" if is_one else "days"].format(self.days)


def overview_of(
    result: CatalogResult, views: Sequence[View], words: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return what the page shows."""
    counts: dict[str, Counter[str]] = {
        name: Counter(one.states[name].word for one in views if name in one.states)
        for name in result.environments
    }
    for name, word, addresses in by_state(result):
        counts[name][word] += len(addresses)
    today = date.fromisoformat(result.made_at[:10])
    exceptions = [
        Ending(action, policy, until, _days(until, today), reason)
        for until, policy, action, reason in result.expiring
    ]
    certificates = _certificates(result, today)
    drift = [it for name, one in result.environments.items() for it in _drift(name, one)]
    weeks = _weeks(result)
    return {
        "counts": counts,
        "state_words": [one for one in STATE_WORDS if any(it[one] for it in counts.values())],
        "states_plot": _states_plot(counts, words),
        "left": by_state(result),
        "drift": drift[:MOST_DRIFT],
        "more_drift": len(drift) - MOST_DRIFT,
        "weeks": weeks,
        "weeks_plot": columns_of(
            [
                (f"{week[8:]}/{week[5:7]}" if words["lang"] == "fr" else week[5:], sum(found.values()))
                for week, found in weeks
            ]
        ),
        "exceptions": exceptions,
        "exceptions_plot": _endings_plot(exceptions, words),
        "certificates": certificates,
        "certificates_plot": _endings_plot(certificates, words),
        "client_certificates": [(one, one.known.certificate) for one in views if one.known.certificate],
        "missing": [
            (name, part, why)
            for name, one in result.environments.items()
            for part, why in one.missing.items()
        ],
        "by_hand": {
            name: [one for one in views if name in one.states and one.states[name].word == "by hand"]
            for name in result.environments
        },
        "blocks_of": difference_blocks,
        "link_of": linking({one.entry.definition.address: one.page for one in views}),
        "soon": SOON,
    }


def _states_plot(counts: Mapping[str, Counter[str]], words: Mapping[str, str]) -> Bars:
    rows = []
    for name, found in counts.items():
        pieces = [
            (word.replace(" ", "-"), found[word], f"{words[word]}{words['colon']} {found[word]}")
            for word in STATE_WORDS
        ]
        rows.append((name, pieces, str(sum(found.values()))))
    return bars_of(rows)


def _endings_plot(endings: Sequence[Ending], words: Mapping[str, str]) -> Bars:
    rows = []
    for one in endings:
        note = one.left(words)
        name = "soon" if one.days < SOON else "later"
        rows.append(
            (
                one.name,
                [(name, one.days, f"{moment(one.until, words['lang'])}{words['colon']} {note}")],
                note,
            )
        )
    return bars_of(rows)


def _drift(environment: str, seen: Seen) -> list[Drifted]:
    """Return what drifted; what was changed on a screen is not known field by field."""
    found = [Drifted(environment, masked(one.address), f"drift {one.kind}", one.diff) for one in seen.drift]
    return found + [Drifted(environment, masked(one.address), masked(one.words)) for one in seen.screen]


def _certificates(result: CatalogResult, today: date) -> list[Ending]:
    """Return the certificates with which services call, the one that ends first at the top."""
    found = []
    for name, one in result.environments.items():
        for it in one.certificates:
            until = it.expires.date().isoformat()
            note = "; ".join((f"{it.rotated.date()} / {it.retired.date()}", *map(masked, it.notes)))
            found.append(Ending(masked(it.name), name, until, _days(until, today), note))
    return sorted(found, key=lambda one: one.until)


def _days(until: str, today: date) -> int:
    return (date.fromisoformat(until[:10]) - today).days


def _weeks(result: CatalogResult) -> list[tuple[str, Mapping[str, int]]]:
    """Return how many applies there were in each week by environment; the last weeks, with empty ones.

    A week is named by its Monday. A time that somebody wrote by hand, and is none, is not counted.
    """
    found: dict[date, Counter[str]] = {}
    for name, one in result.environments.items():
        for it in one.applies:
            try:
                day = datetime.fromisoformat(it.started_at).date()
            except ValueError:
                continue
            found.setdefault(day - timedelta(days=day.weekday()), Counter())[name] += 1
    if not found:
        return []
    last = max(found)
    first = max(min(found), last - timedelta(weeks=MOST_WEEKS - 1))
    weeks = [first + timedelta(weeks=one) for one in range((last - first).days // 7 + 1)]
    return [(one.isoformat(), found.get(one, Counter())) for one in weeks]
