"""Applied means sent: every way in which an action changes × every step × every target.

After an apply the target holds just what the workspace compiles to, as JSON; nothing is drift, and the next plan
is empty. Many actions change in one apply, so that a table of changes is a few applies on each target.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from callsheet import Workspace
from callsheet.deploying import stores
from callsheet.documents import equal
from callsheet.targets.rest.patching import unsayable
from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT as JOURNEYS
from support.collection import Collection
from support.forms import examples
from support.hooks import ENVIRONMENT as HOOKS
from support.kept import APART
from support.workspaces import ENVIRONMENT as REGISTRY
from support.workspaces import POSTGRESQL, Callsheet, Folder

CHANGES: dict[str, tuple[Any, Any]] = {
    "added": ({"a": 1}, {"a": 1, "b": 2}),
    "removed": ({"a": 1, "b": 2}, {"a": 1}),
    "removed, within": ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}),
    "removed, in a list": ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}),
    "the last one removed": ({"a": {"b": 1}}, {"a": {}}),
    "everything removed": ({"a": 1}, {}),
    "added to nothing": ({}, {"a": {"b": []}}),
    "renamed": ({"a": 1}, {"b": 1}),
    "by another case": ({"a": 1}, {"A": 1}),
    "with two underscores": ({"__typename": "A"}, {"__typename": "B"}),
    "number to boolean": ({"a": 1, "b": 0}, {"a": True, "b": False}),
    "boolean to number": ({"a": True, "b": {"c": False}}, {"a": 1, "b": {"c": 0}}),
    "in a list to boolean": ({"a": [1, 0]}, {"a": [True, False]}),
    "number to text": ({"a": 1}, {"a": "1"}),
    "boolean to text": ({"a": True}, {"a": "true"}),
    "number to a near one": ({"a": 1}, {"a": 1.5}),
    "text to null": ({"a": "", "b": "x"}, {"a": None, "b": None}),
    "null to text": ({"a": None}, {"a": ""}),
    "null to false": ({"a": None, "b": False}, {"a": False, "b": None}),
    "null removed": ({"a": 1, "b": None}, {"a": 1}),
    "null added": ({"a": 1}, {"a": 1, "b": None}),
    "null within": ({"a": {"b": 1}}, {"a": {"b": None}}),
    "null in a list": ({"a": [1, {"b": 1}]}, {"a": [None, {"b": None}]}),
    "list to object": ({"a": []}, {"a": {}}),
    "object to list": ({"a": {}}, {"a": []}),
    "empty to empty": ({"a": "", "b": [], "c": {}}, {"a": [], "b": {}, "c": ""}),
    "emptied": ({"a": "x", "b": [1], "c": {"d": 1}}, {"a": "", "b": [], "c": {}}),
    "zero to empty": ({"a": 0, "b": False}, {"a": "", "b": []}),
    "reordered": ({"a": [1, 2, 3]}, {"a": [3, 2, 1]}),
    "shorter": ({"a": [1, 2, 3]}, {"a": [1, 3]}),
    "longer": ({"a": [1]}, {"a": [1, 1]}),
    "value to object": ({"a": 1}, {"a": {"a": 1}}),
    "object to value": ({"a": {"a": 1}}, {"a": 1}),
    "wrapped in a list": ({"a": {"b": 1}}, {"a": [{"b": 1}]}),
    "deep": ({"a": {"b": [{"c": {"d": [1, {"e": ""}]}}]}}, {"a": {"b": [{"c": {"d": [1, {"e": None}]}}]}}),
    "case of a text": ({"a": "Hello"}, {"a": "hello"}),
    "space in a text": ({"a": "Hello"}, {"a": "Hello "}),
}  # fmt: skip
"""A payload before and after."""

SCALARS = st.sampled_from([None, False, True, 0, 1, 1.5, "", "0", "1", "true", "x", "x "])
KEYS = st.sampled_from(["a", "b", "c", "__d"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(KEYS, VALUES, max_size=3)
STEPS = ("update", "rename", "replace")


class Place:
    """A workspace that is deployed to one target, and what the target holds of an action."""

    fixed = False

    def __init__(self, folder: Folder, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.request = request
        self.folder.remove("example")
        self.open()

    def open(self) -> None:
        self.folder.write("environments.yaml", REGISTRY)

    def held(self) -> dict[str, Any]:
        with closing(sqlite3.connect(self.folder.database)) as connection:
            rows = connection.execute("SELECT name, compiled FROM registry_action").fetchall()
        return {name: json.loads(text) for name, text in rows}

    def wanted(self, compiled: Mapping[str, Any]) -> Any:
        return compiled

    def cannot(self, before: Any, after: Any) -> bool:
        """Can the target not hold a change of a payload?"""
        return False

    def fix(self) -> None:
        """Say that the service lets nobody change anything but the name."""


class Apart(Place):
    def open(self) -> None:
        self.folder.write("environments.yaml", REGISTRY + APART)


class Postgresql(Place):
    def open(self) -> None:
        self.database = self.request.getfixturevalue("database")
        self.folder.write("environments.yaml", POSTGRESQL)

    def held(self) -> dict[str, Any]:
        server = self.request.getfixturevalue("server")
        rows = server.execute("SELECT name, compiled FROM callsheet.registry_action", self.database)
        return {name: json.loads(text) for name, text in rows}


class Directory(Place):
    def open(self) -> None:
        options = "{type: directory, path: deployed}"
        text = REGISTRY.replace("{type: sqlite, path: .callsheet/local.db}", options)
        self.folder.write("environments.yaml", text + APART)

    def held(self) -> dict[str, Any]:
        files = (self.folder.path / "deployed").glob("*/*.json")
        return {one.stem: json.loads(one.read_text()) for one in files}


WHOLE = 'body: {name: "{{ action.name }}", kind: callsheet, target: {url: "{{ action.request.url }}"}, definition: "{{ action | tojson }}"}'
PART = """partial: true
  body:
    name: "{{ action.name }}"
    meta: {words: "{{ action.description.en }}", url: "{{ action.request.url }}"}
    payload: "{{ action.request.payload }}"
    headers: "{{ action.request.headers }}"
    fields: {$each: action.parameters, $item: {key: "{{ key }}", label: "{{ item.label.en }}", constant: []}}"""
UPDATE = 'update: {path: "/hooks/{id}"'


class Http(Place):
    body, how, more, fixed = WHOLE, "", "", True

    def open(self) -> None:
        self.collection: Collection = self.request.getfixturevalue("collection")
        self.write(self.how)

    def write(self, how: str) -> None:
        text = HOOKS.replace(WHOLE, self.body).replace(UPDATE, UPDATE + how)
        assert self.body in text
        self.folder.write("environments.yaml", text + self.more)

    def fix(self) -> None:
        self.write(", fields: [name]")

    def held(self) -> dict[str, Any]:
        own = ("id", "version", "createdAt")
        return {
            one["name"]: {key: value for key, value in one.items() if key not in own}
            for one in self.collection.objects.values()
        }

    def wanted(self, compiled: Mapping[str, Any]) -> Any:
        text = json.dumps(compiled, sort_keys=True, ensure_ascii=False)
        return {
            "name": compiled["name"], "kind": "callsheet", "target": {"url": compiled["request"]["url"]},
            "definition": text,
        }  # fmt: skip


class Partial(Http):
    body = PART

    def held(self) -> dict[str, Any]:
        # A field that is null and one that is not there say the same, but within a value of the action.
        return {name: _without_null(one) for name, one in super().held().items()}

    def wanted(self, compiled: Mapping[str, Any]) -> Any:
        request, parameters = compiled["request"], compiled.get("parameters", {})
        return _without_null({
            "name": compiled["name"],
            "meta": {"words": compiled.get("description", {}).get("en"), "url": request["url"]},
            "payload": request["payload"],
            "headers": request.get("headers"),
            "fields": [
                {"key": key, **({"label": one["label"]["en"]} if "label" in one else {}), "constant": []}
                for key, one in sorted(parameters.items())
            ],
        })  # fmt: skip


def _without_null(one: Mapping[str, Any]) -> dict[str, Any]:
    meta = {key: value for key, value in one["meta"].items() if value is not None}
    return {key: value for key, value in {**one, "meta": meta}.items() if value is not None}


class PartialRead(Partial):
    more = '  read: {path: "/hooks/{id}"}\n'


class PartialSilent(Partial):
    """A service whose answers to a write are empty."""

    def open(self) -> None:
        super().open()
        self.collection.shown = lambda identity: None  # type: ignore[method-assign, assignment, return-value]


class PartialPatch(Partial):
    how = ", method: PATCH"


class PartialFields(Partial):
    how = ", method: PATCH, fields: [name, meta, payload, headers, fields]"


class PartialMerge(Partial):
    how = ", method: PATCH, as: merge-patch"

    def cannot(self, before: Any, after: Any) -> bool:
        return unsayable(before, after) is not None


PLACES: dict[str, type[Place]] = {
    "sqlite": Place, "sqlite, ledger apart": Apart, "postgresql": Postgresql, "directory": Directory, "http": Http,
    "http, partial": Partial, "http, partial, read": PartialRead, "http, partial, silent": PartialSilent,
    "http, partial, PATCH": PartialPatch, "http, partial, PATCH of fields": PartialFields,
    "http, partial, merge patch": PartialMerge,
}  # fmt: skip

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: T}}, owner: team{description}}}
spec:
  request: {{method: POST, url: "https://api.example.com/v1/send", headers: {headers}, payload: {payload}}}
{rest}"""


def written(place: Place, name: str, payload: Any, *, second: bool, old: str | None = None) -> None:
    """Write an action; the second time its description, a header and a parameter are not there any more."""
    # The parameter stands in a header, so that the payload is just what is drawn.
    headers = {"X-A": "", "X-P": "{{ params.p }}"} | (
        {} if second else {"X-B": "1", "X-Q": "{{ params.q }}"}
    )
    label = "" if second else ", label: {en: P}"
    parameters = f"p: {{type: string{label}}}" + ("" if second else ", q: {type: string, label: {en: Q}}")
    renamed = "" if old is None else f"  lifecycle: {{renamedFrom: {old}}}\n"
    place.folder.write(
        f"{name}.yaml",
        ACTION.format(
            name=name,
            description="" if second else ", description: {en: D}",
            headers=json.dumps(headers),
            payload=json.dumps(payload),
            rest=f"  parameters: {{{parameters}}}\n{renamed}",
        ),
    )


@dataclass(frozen=True)
class Item:
    """One change of one action, by one step."""

    name: str
    before: Any
    after: Any
    step: str


def holds(place: Place) -> None:
    """The target holds just what the workspace compiles to, nothing is drift, and nothing is left to do."""
    workspace = Workspace(place.folder.path)
    [compiled] = workspace.compile().by_environment.values()
    wanted = {one.content["name"]: place.wanted(json.loads(one.canonical)) for one in compiled.values()}
    held = place.held()
    names = {*held, *wanted}
    wrong = {
        one: (held.get(one), wanted.get(one)) for one in names if not equal(held.get(one), wanted.get(one))
    }
    assert wrong == {}
    plan = workspace.plan()
    assert (plan.changes, plan.drift, plan.unmanaged) == ((), (), ())


def applied(place: Place, callsheet: Callsheet, expected: set[tuple[str, str]]) -> None:
    """Apply; the steps are those that are expected, and each of them is done."""
    plan = Workspace(place.folder.path).plan()
    assert {(one.action, one.address.partition("/")[2]) for one in plan.changes} == expected
    accept = [word for one in ("max-update", "max-delete") for word in ("--accept", one)]
    outcome = callsheet("apply", "-C", place.folder.path, "--yes", "-q", *accept)
    assert outcome.code == 0, outcome.err
    holds(place)


def live(place: Place, callsheet: Callsheet, items: Sequence[Item]) -> None:
    """Create what the items are before, change each by its step, and delete everything."""
    for one in items:
        written(place, one.name, one.before, second=False)
    applied(place, callsheet, {("create", one.name) for one in items})
    at_once = ("update", "rename") if place.fixed else STEPS
    for steps in (at_once, [one for one in STEPS if one not in at_once]):
        now = [one for one in items if one.step in steps]
        if not now:
            continue
        if steps is not at_once:
            place.fix()
        expected = set()
        for one in now:
            if one.step == "rename":
                place.folder.remove(one.name)
                written(place, f"{one.name}_new", one.after, second=True, old=one.name)
            else:
                written(place, one.name, one.after, second=True)
            expected.add((one.step, f"{one.name}_new" if one.step == "rename" else one.name))
        applied(place, callsheet, expected)
    gone = set()
    for file in place.folder.path.glob("*_*.yaml"):
        gone.add(("delete", file.stem))
        file.unlink()
    applied(place, callsheet, gone)


@pytest.fixture
def place(
    request: pytest.FixtureRequest, workspace: Folder, patient: None, monkeypatch: pytest.MonkeyPatch
) -> Place:
    found = PLACES[request.param](workspace, request)
    real = stores._open

    def opened(group: str, *arguments: Any, **named: Any) -> Any:
        # A change may make a new object: by the target itself, else by what stands for a journey that uses it.
        store = real(group, *arguments, **named)
        if group == "callsheet.targets" and not found.fixed:
            store.replaces = lambda before, after: ["payload"] if "replace" in after["name"] else []
        return store

    monkeypatch.setattr(stores, "_open", opened)
    return found


everywhere = pytest.mark.parametrize("place", list(PLACES), indirect=True)


def table(place: Place, chosen: Iterable[tuple[int, str]]) -> list[Item]:
    """The items of the table, by the number of the change, and the step."""
    changes = list(CHANGES.values())
    items = [Item(f"{step}_{number}", *changes[number], step) for number, step in chosen]
    return [one for one in items if one.step == "replace" or not place.cannot(one.before, one.after)]


@everywhere
def test_a_change_is_sent(place: Place, callsheet: Callsheet) -> None:
    """Each target takes a part of the table, so that every change is tried on several of them."""
    first = next(number for number, kind in enumerate(PLACES.values()) if type(place) is kind)
    chosen = [(number, STEPS[(number // 5 + first) % 3]) for number in range(first % 5, len(CHANGES), 5)]
    live(place, callsheet, table(place, chosen))


@pytest.mark.long
@everywhere
def test_every_change_is_sent_by_every_step(place: Place, callsheet: Callsheet) -> None:
    for step in STEPS:
        live(place, callsheet, table(place, [(number, step) for number in range(len(CHANGES))]))
        place.open()


ITEMS = st.lists(st.tuples(PAYLOADS, PAYLOADS, st.sampled_from(STEPS)), min_size=1, max_size=3)
SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def drawn(place: Place, callsheet: Callsheet, found: list[tuple[Any, Any, str]]) -> None:
    items = [Item(f"{step}_{number}", *pair, step) for number, (*pair, step) in enumerate(found)]
    items = [one for one in items if one.step == "replace" or not place.cannot(one.before, one.after)]
    assume(items)
    live(place, callsheet, items)
    place.open()


@pytest.mark.one_in(2)
@everywhere
@settings(max_examples=examples(1, 2), deadline=None, suppress_health_check=SUPPRESSED)
@given(found=ITEMS)
def test_any_change_is_sent(place: Place, callsheet: Callsheet, found: list[tuple[Any, Any, str]]) -> None:
    drawn(place, callsheet, found)


@pytest.mark.long
@pytest.mark.timeout(3600)
@everywhere
@settings(max_examples=150, deadline=None, suppress_health_check=SUPPRESSED)
@given(found=ITEMS)
def test_many_changes_are_sent(
    place: Place, callsheet: Callsheet, found: list[tuple[Any, Any, str]]
) -> None:
    drawn(place, callsheet, found)


ENDPOINTS: dict[str, tuple[str, str]] = {
    "rate": ("capping: {action: {rate: 300 per 1m}}", "capping: {action: {rate: 301 per 1m}}"),
    "period": ("capping: {action: {rate: 300 per 1m}}", "capping: {action: {rate: 300 per 1s}}"),
    "added": ("capping: {action: {rate: 1 per 1m}}", "capping: {action: {rate: 1 per 1m, maxConnections: 1}}"),
    "removed": ("capping: {action: {rate: 1 per 1m, maxConnections: 1}}", "capping: {action: {rate: 1 per 1m}}"),
    "service added": (
        "capping: {action: {rate: 1 per 1m}}", "capping: {action: {rate: 1 per 1m}, dataSource: {rate: 2 per 1m}}",
    ),
    "service removed": (
        "capping: {action: {rate: 1 per 1m}, dataSource: {rate: 2 per 1m}}", "capping: {dataSource: {rate: 2 per 1m}}",
    ),
    "another collection": ("capping: {action: {rate: 300 per 1m}}", "throttling: {perSecond: 500}"),
}  # fmt: skip
ENDPOINT = """\
apiVersion: callsheet/v1
kind: EndpointConfig
metadata: {{name: {name}, owner: team{title}}}
spec:
  url: https://{host}.example.com/v1/*
  methods: {methods}
  {limits}
{rest}"""
PERIODS = {"1s": 1_000, "1m": 60_000}


def endpoint_held(one: Mapping[str, Any]) -> dict[str, Any]:
    """What a configuration says, of which nothing waits to be deployed; -1 is none, and methods have no order."""
    counts = one["deployedConfig"]
    assert {key: one[key] for key in counts} == counts
    found: dict[str, Any] = {
        "url": one.get("url", one.get("urlPattern")),
        "methods": sorted(one["methods"]),
    }
    if "maxThroughput" in one:
        return {**found, "throttling": {"perSecond": one["maxThroughput"]}}
    capping = {}
    for name, service in one["services"].items():
        rating, most = service["rating"], service.get("maxHttpConnections", -1)
        period = next(key for key, value in PERIODS.items() if value == rating["periodInMs"])
        capping[name] = {"rate": f"{rating['maxCallsCount']} per {period}"}
        capping[name] |= {} if most == -1 else {"maxConnections": most}
    return {**found, "capping": capping}


@pytest.mark.parametrize("step", [*STEPS, pytest.param("methods", id="update of the methods")])
def test_a_change_of_an_endpoint_is_sent(
    empty: Folder, callsheet: Callsheet, adobe: Adobe, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = stores._open

    def opened(group: str, *arguments: Any, **named: Any) -> Any:
        store = real(group, *arguments, **named)
        if group == "callsheet.targets" and step == "replace":
            store.replaces = lambda before, after: ["capping"]
        return store

    monkeypatch.setattr(stores, "_open", opened)
    empty.write("environments.yaml", JOURNEYS)
    at = ("-C", empty.path)

    def sent(number: int, which: int, name: str, rest: str = "") -> None:
        methods = (["POST", "GET"], ["GET", "PUT"])[which if step == "methods" else 0]
        empty.write(
            f"{name}.yaml",
            ENDPOINT.format(
                name=name, host=f"h{number}", methods=json.dumps(methods), rest=rest,
                limits=list(ENDPOINTS.values())[number][which], title="" if which else ", title: T",
            ),
        )  # fmt: skip

    def settled() -> None:
        accept = ("--accept", "max-update", "--accept", "max-delete")
        outcome = callsheet("apply", *at, "--yes", "-q", *accept)
        assert outcome.code == 0, outcome.err
        workspace = Workspace(empty.path)
        compiled = [one.content for one in workspace.compile().by_environment["journeys"].values()]
        wanted = [
            {"url": one["url"], "methods": sorted(one["methods"])}
            | {key: one[key] for key in ("capping", "throttling") if key in one}
            for one in compiled
        ]
        held = [endpoint_held(one) for one in adobe.configs.values()]
        assert sorted(held, key=lambda one: str(one["url"])) == sorted(wanted, key=lambda one: one["url"])
        plan = workspace.plan()
        assert (plan.changes, plan.drift, plan.unmanaged) == ((), (), ())

    for number in range(len(ENDPOINTS)):
        sent(number, 0, f"e{number}")
    settled()
    for number in range(len(ENDPOINTS)):
        if step == "rename":
            empty.remove(f"e{number}")
            sent(number, 1, f"n{number}", f"  lifecycle: {{renamedFrom: e{number}}}\n")
        else:
            sent(number, 1, f"e{number}")
    settled()
    for file in empty.path.glob("[en][0-9].yaml"):
        file.unlink()
    settled()
    assert adobe.configs == {}
