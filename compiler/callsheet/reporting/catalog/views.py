"""Entries of the catalog → what its pages show of each, in one language."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.calling.receivers import receivers_of
from callsheet.deploying.cataloguing import Entry, State
from callsheet.documents import equal, pointer_of
from callsheet.language import Diagnostic, in_language
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.planning.personal_data import personal_data
from callsheet.reporting.text_lists import category_of

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")


class ParameterView(Struct, frozen=True):
    """One parameter, as a row of a table."""

    name: str
    label: str
    type: str
    optional: bool
    sensitivity: str
    limits: str
    example: str


class View(Struct, frozen=True):
    """One entry in one language.

    Attributes:
        page: the file of its page, below the pages of its language.
        search: everything by which it is found, in lower case and without accents.
        sensitivity: the kinds of personal data that it sends.

    """

    entry: Entry
    page: str
    name: str
    kind: str
    title: str
    description: str
    category: str
    channel: str
    vendor: str
    owner: str
    labels: Mapping[str, str]
    hosts: Sequence[str]
    parameters: Sequence[ParameterView]
    sensitivity: Sequence[str]
    limits: str
    contract: str
    search: str

    @property
    def sort(self) -> str:
        """Its kind in words."""
        return deployed_kinds()[self.kind].singular

    @property
    def states(self) -> Mapping[str, State]:
        """Its state by environment."""
        return self.entry.states

    @property
    def findings(self) -> Sequence[Diagnostic]:
        """What is wrong with it."""
        return self.entry.findings

    @property
    def last(self) -> State | None:
        """Its newest apply anywhere; None where none is known."""
        found = [one for one in self.entry.states.values() if one.at]
        return max(found, key=lambda one: one.at, default=None)

    def tested(self, words: Mapping[str, str]) -> str:
        """Return how many test cases it has, and what became of them, in words."""
        entry = self.entry
        if not entry.cases:
            return ""
        if entry.failed is None:
            return f"{entry.cases}, {words['not_run']}"
        return (
            f"{entry.cases}, {words['failed']}: {', '.join(entry.failed)}"
            if entry.failed
            else (f"{entry.cases}, {words['passed']}")
        )

    @property
    def words(self) -> list[str]:
        """The words of its states, each once."""
        return [*dict.fromkeys(one.word for one in self.entry.states.values())]


def views_of(entries: Sequence[Entry], language: str) -> list[View]:
    """Return the entries as the pages of a language show them."""
    return [_view(number, one, language) for number, one in enumerate(entries, 1)]


def plain(text: str) -> str:
    """Return a text as it is searched: in lower case, without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(one for one in parts if not unicodedata.combining(one)).casefold()


def _view(number: int, entry: Entry, language: str) -> View:
    one = entry.definition
    labels = {str(key): str(value) for key, value in masked(one.labels).items()}
    title = masked(in_language(one.metadata.get("title"), language))
    description = masked(in_language(one.metadata.get("description"), language))
    contents = [*entry.compiled.values()]
    hosts = [*dict.fromkeys(host for it in contents for host in receivers_of(it) if host != "?")]
    kinds = sorted({kind for it in contents for kind in personal_data(it).values()})
    declared = _declared(entry, contents)
    parameters = [_parameter(name, it, language) for name, it in declared.items()]
    owner = masked(one.owner or "")
    searched = [one.name, title, description, owner, *labels.values(), *hosts]
    searched += [text for it in parameters for text in (it.name, it.label)]
    return View(
        entry=entry,
        page=f"actions/{one.name if _FILE.fullmatch(one.name) else f'entry-{number}'}.html",
        name=one.name,
        kind=one.kind,
        title=title or one.name,
        description=description,
        category=masked(category_of(one)),
        channel=labels.get("channel", ""),
        vendor=labels.get("vendor", ""),
        owner=owner,
        labels=labels,
        hosts=hosts,
        parameters=parameters,
        sensitivity=kinds,
        limits=_limits(contents[0] if contents else {}),
        contract=_contract(entry),
        search=plain(" ".join(searched)),
    )


def _declared(entry: Entry, contents: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Return the parameters, as they are compiled; of what did not compile, as they are written."""
    if contents:
        found: Mapping[str, Mapping[str, Any]] = contents[0].get("parameters", {})
        return found
    try:
        return dict(masked(entry.definition.spec.get("parameters") or {}))
    except (AttributeError, KeyError, TypeError):
        return {}


def _parameter(name: str, declared: Mapping[str, Any], language: str) -> ParameterView:
    shown = ("enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "format")
    limits = [f"{key}: {compact(declared[key])}" for key in shown if key in declared]
    return ParameterView(
        name=name,
        label=in_language(declared.get("label"), language),
        type=str(declared.get("type", "")),
        optional=declared.get("optional") is True,
        sensitivity=str(declared.get("sensitivity") or ""),
        limits=", ".join(limits),
        example=compact(declared["example"]) if "example" in declared else "",
    )


def _limits(content: Mapping[str, Any]) -> str:
    found = content.get("limits")
    return ", ".join(f"{key} {compact(value)}" for key, value in (found or {}).items())


def _contract(entry: Entry) -> str:
    contract = getattr(entry.definition, "contract", None) or {}
    return str(contract.get("operation") or contract.get("method") or "")


def compact(value: Any) -> str:
    """Return a value on one line: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def indented(value: Any) -> str:
    """Return a value as JSON on several lines."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


class Differing(Struct, frozen=True):
    """A field that is not the same in all environments: its place, and its values; None where it is not."""

    field: str
    values: Sequence[str | None]


def differing(compiled: Mapping[str, Mapping[str, Any]]) -> list[Differing]:
    """Return the innermost fields in which the environments differ."""
    fields = [dict(_fields(one)) for one in compiled.values()]
    paths = dict.fromkeys(path for one in fields for path in one)
    found = []
    for path in paths:
        values = [one.get(path, _MISSING) for one in fields]
        if not all(equal(values[0], one) for one in values[1:]):
            shown = [None if one is _MISSING else compact(one) for one in values]
            found.append(Differing(pointer_of(path), shown))
    return found


_MISSING = object()


def _fields(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict) and value:
        return [it for key, one in value.items() for it in _fields(one, (*path, key))]
    if isinstance(value, list) and value:
        return [it for index, one in enumerate(value) for it in _fields(one, (*path, index))]
    return [(path, value)]
