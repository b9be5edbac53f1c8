"""Entries of the catalog → what its pages show of each, in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from callsheet.calling.cases import Mismatch
from callsheet.calling.receivers import Contents, hosts_behind, receivers_of
from callsheet.deploying.cataloguing import Entry
from callsheet.documents import equal, pointer_of
from callsheet.language import Definition, Diagnostic, in_language
from callsheet.language.difference import NOTHING
from callsheet.language.masking import masked
from callsheet.planning.personal_data import personal_data
from callsheet.reporting.catalog.rows import Row
from callsheet.reporting.catalog.wording import allowed_words, call_words, compact, plain, type_words
from callsheet.reporting.filters import page_of
from callsheet.reporting.text_lists import category_of


class ParameterView(Struct, frozen=True):
    """One parameter, as a row of a table."""

    name: str
    label: str
    type: str
    optional: bool
    sensitivity: str
    limits: str
    example: str


class Known(Struct, frozen=True):
    """What an entry compiles to, as far as pages of every language show it.

    Attributes:
        hosts: that receive what it sends.
        through: the actions by which it is sent, where it is a message that names one.
        sent: environment, kind and receiver of each personal datum.
        certificate: the reference to the certificate that it shows; empty where it shows none.
        declared: the parameters, as they are compiled; of what did not compile, as they are written.
        search: the words by which it is found, in every language that it has, each once, in lower case
            and without accents.

    """

    entry: Entry
    hosts: Sequence[str]
    sent: Sequence[tuple[str, str, str]]
    declared: Mapping[str, Mapping[str, Any]]
    limits: Mapping[str, Any]
    search: str
    certificate: str = ""
    through: Sequence[str] = ()


class View(Row, frozen=True, kw_only=True):
    """One entry in one language.

    Attributes:
        page: the file of its page, below the pages of its language.
        sensitivity: the kinds of personal data that it sends.

    """

    known: Known
    page: str
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

    @property
    def search(self) -> str:
        """The words by which it is found: whoever knows a title knows it in one of its languages."""
        return self.known.search

    @property
    def entry(self) -> Entry:
        """What it is the view of."""
        return self.known.entry

    @property
    def findings(self) -> Sequence[Diagnostic]:
        """What is wrong with it."""
        return self.entry.findings

    def tested(self, words: Mapping[str, str]) -> str:
        """Return how many test cases it has, and what became of them, in words."""
        entry = self.entry
        if not entry.cases:
            return ""
        if entry.failed:
            return (
                f"{entry.cases}, {words['failed']}{words['colon']} {', '.join(map(masked, entry.failed))}"
            )
        outcome = "passed" if entry.results else "not_run"
        return f"{entry.cases}, {words[outcome if entry.cases > 1 else f'{outcome}_one']}"

    def contract(self, words: Mapping[str, str]) -> str:
        """Return which contract it has, and whether it was checked, in words; empty without one."""
        found = self.entry.contract
        return "" if found is None else f"{masked(found.operation)} ({words[self.contract_state]})"

    @property
    def contract_state(self) -> str:
        """Whether its contract was checked, skipped, or not checked since it does not compile."""
        found = self.entry.contract
        if found is None:
            return ""
        if found.why:
            return "skipped"
        return "checked" if any(one.word != "broken" for one in self.states.values()) else "not checked"


def contents_in(entries: Sequence[Entry], environment: str) -> Contents:
    """Return what finds the content of an action by its name, as it is compiled for an environment."""
    by_name = {one.definition.name: one for one in entries if one.definition.kind == "Action"}

    def content(name: str) -> Mapping[str, Any] | None:
        found = by_name.get(name)
        return None if found is None else found.compiled.get(environment)

    return content


def all_known(entries: Sequence[Entry]) -> list[Known]:
    """Read what entries compile to, once for all languages."""
    environments = {name for one in entries for name in one.states}
    actions = {name: contents_in(entries, name) for name in environments}
    return [_known_of(one, actions) for one in entries]


def _known_of(entry: Entry, actions: Mapping[str, Contents]) -> Known:
    contents = dict(entry.compiled)
    first = next(iter(contents.values()), None)
    receivers = {
        name: [host for it in receivers_of(one) for host in hosts_behind(it, actions[name])]
        for name, one in contents.items()
    }
    hosts = [*dict.fromkeys(host for found in receivers.values() for host in found if host != "?")]
    declared = _declared(entry) if first is None else first.get("parameters", {})
    through = sorted(
        {str(via["action"]) for one in contents.values() if "action" in (via := one.get("via") or {})}
    )
    return Known(
        entry=entry,
        hosts=hosts,
        sent=[
            (name, kind, host)
            for name, one in contents.items()
            for kind in personal_data(one).values()
            for host in receivers[name]
        ],
        declared=declared,
        limits=dict((first or {}).get("limits") or {}),
        search=_search(entry.definition, declared, [*hosts, *through]),
        certificate=_certificate(first or {}),
        through=through,
    )


def _search(one: Definition, declared: Mapping[str, Mapping[str, Any]], receivers: Sequence[str]) -> str:
    """Return the words of all languages by which an entry is found."""
    shown = [one.metadata.get("title"), one.metadata.get("description")]
    labels = [it.get("label") for it in declared.values()]
    texts = [text for it in (*shown, *labels) for text in _in_every_language(it)]
    values = map(str, masked(one.labels).values())
    found = " ".join([one.name, *texts, masked(one.owner or ""), *values, *receivers, *declared])
    return " ".join(dict.fromkeys(plain(found).split()))


def _in_every_language(text: Any) -> list[str]:
    return [str(masked(one)) for one in (text.values() if isinstance(text, dict) else [text or ""])]


def views_of(known: Sequence[Known], language: str) -> list[View]:
    """Return the entries as the pages of a language show them."""
    return [_view(number, one, language) for number, one in enumerate(known, 1)]


def _view(number: int, known: Known, language: str) -> View:
    entry = known.entry
    one = entry.definition
    labels = {str(key): str(value) for key, value in masked(one.labels).items()}
    title = masked(in_language(one.metadata.get("title"), language))
    description = masked(in_language(one.metadata.get("description"), language))
    parameters = [_parameter(name, it, language) for name, it in known.declared.items()]
    return View(
        known=known,
        page=page_of(one.name) or f"actions/entry-{number}.html",
        name=one.name,
        kind=one.kind,
        states=entry.states,
        title=title or one.name,
        description=description,
        category=masked(category_of(one)),
        channel=labels.get("channel", ""),
        vendor=labels.get("vendor", ""),
        owner=masked(one.owner or ""),
        labels=labels,
        hosts=known.hosts,
        parameters=parameters,
        sensitivity=sorted({kind for _, kind, _ in known.sent}),
        limits=call_words(known.limits, language),
    )


def _declared(entry: Entry) -> Mapping[str, Mapping[str, Any]]:
    """Return the parameters of what did not compile, as they are written."""
    try:
        return dict(masked(entry.definition.spec.get("parameters") or {}))
    except (AttributeError, KeyError, TypeError):
        return {}


def _parameter(name: str, declared: Mapping[str, Any], language: str) -> ParameterView:
    return ParameterView(
        name=name,
        label=in_language(declared.get("label"), language),
        type=type_words(str(declared.get("type", "")), language),
        optional=declared.get("optional") is True,
        sensitivity=str(declared.get("sensitivity") or ""),
        limits=allowed_words(declared, language),
        example=compact(declared["example"]) if "example" in declared else "",
    )


def _certificate(content: Mapping[str, Any]) -> str:
    """Return the reference to a client's certificate; what it names is a secret, and not read here."""
    found = (content.get("authentication") or {}).get("clientCertificate") or {}
    reference = found.get("certificate") or {}
    return str(reference.get("$secret") or reference.get("secret") or "")


def indented(value: Any) -> str:
    """Return a value as JSON on several lines.

    The encoder of the standard library is written in C only without an indent.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    try:
        return str(msgspec.json.format(text, indent=2))
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def mismatched(one: Mismatch) -> list[str]:
    """Return a mismatch of a test case: its place, what is expected, and what the request has."""
    sides = (("-", one.expected), ("+", one.actual))
    return [pointer_of(one.path), *(f"{sign} {_side(value)}" for sign, value in sides)]


def _side(value: Any) -> str:
    if value is NOTHING:
        return "(nothing)"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST_SIDE else f"{text[:_LONGEST_SIDE]}…"


_LONGEST_SIDE = 300


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
