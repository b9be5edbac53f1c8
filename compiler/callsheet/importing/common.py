"""Some actions → what all of them say, as a document of kind Connection, and where each says it.

A *unit* is the smallest thing that is shared or not: one header, one limit, the whole authentication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from callsheet.documents import Path, equal
from callsheet.documents.walking import texts_in
from callsheet.documents.yaml_text import compact_text
from callsheet.templates.faults import TemplateFault
from callsheet.templates.syntax import is_template, parse_leaf, reads_of

Units = Mapping[Path, Any]
"""What an action says that a connection can say for it, by path in the action's document."""

URL: Path = ("spec", "request", "url")
QUERY: Path = ("spec", "request", "query")
_GROUPS: tuple[Path, ...] = (
    ("metadata", "labels"),
    ("spec", "request", "headers"),
    QUERY,
    ("spec", "limits"),
    ("spec", "contract"),
    ("spec", "responses"),
    ("spec", "parameters"),
)
_WHOLE: tuple[Path, ...] = (("metadata", "owner"), ("spec", "authentication"))
_OF_THE_ACTION = ("operation", "method")
"""What a contract says of one call."""
_TOP = ("headers", "query")
"""What a connection writes at the top, and an action in its request."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PIECE = re.compile(r"""\{\{(?:"[^"]*"|'[^']*'|(?!\}\}).)*\}\}|.""", re.DOTALL)
_BASE = re.compile(r"[^?#]+\Z")


class Common(Struct, frozen=True, kw_only=True):
    """What some actions say alike.

    Attributes:
        base: of their URLs; None where they have none in common.
        units: everything else.

    """

    base: str | None = None
    units: Units = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is anything."""
        return self.base is not None or bool(self.units)

    def fits(self, action: Any) -> str:
        """Return which field of this an action does not say; empty where it says all of them."""
        own = units_of(action)
        for path, value in self.units.items():
            if path not in own or not equal(own[path], value):
                return ".".join(map(str, path[1:]))
        if self.base is not None and self.base not in bases_of(value_of(action, URL)):
            return "request.url"
        return ""


def units_of(action: Any) -> dict[Path, Any]:
    """Return what an action's document says that a connection can say for it, but for the URL."""
    found = {path: one for path in _WHOLE if (one := value_of(action, path)) is not None}
    for group in _GROUPS:
        fields = value_of(action, group)
        for key, one in fields.items() if isinstance(fields, dict) else ():
            if group[-1] != "contract" or key not in _OF_THE_ACTION:
                found[(*group, key)] = one
    return {path: one for path, one in found.items() if not any(_of_a_row(it) for _, it in texts_in(one))}


def _of_a_row(text: str) -> bool:
    """Return whether a text reads the row of a set, which no connection has."""
    if "item" not in text or not is_template(text):
        return False
    try:
        return reads_of(parse_leaf(text), "item") != set()
    except TemplateFault:
        return True


def common_of(actions: Sequence[Any]) -> Common:
    """Return what documents of actions have in common; one alone keeps its path and query."""
    if not actions:
        return Common()
    first, *others = map(units_of, actions)
    units = {
        path: value
        for path, value in first.items()
        if all(path in one and equal(one[path], value) for one in others)
    }
    if not others:
        # What one call asks for is not said of its account by that: a later action would send it too.
        units = {path: one for path, one in units.items() if path[:3] != QUERY}
    contract = {path[-1] for path in units if path[1] == "contract"}
    if not contract & {"openapi", "discovery"}:
        units = {path: one for path, one in units.items() if path[1] != "contract"}
    read = _parameters_read(units)
    units = {path: one for path, one in units.items() if path[1] != "parameters" or path[-1] in read}
    bases = [bases_of(value_of(one, URL)) for one in actions]
    shared = [one for one in bases[0] if all(one in it for it in bases)]
    return Common(base=(shared[-1] if others else shared[0]) if shared else None, units=units)


def _parameters_read(units: Units) -> set[str]:
    """Return the parameters that a connection needs itself, as for a header.

    Every action of a connection has the parameters that it declares: one that only the payloads of these
    actions read would be asked for by each later action too.
    """
    fields = {path: one for path, one in units.items() if path[1] != "parameters"}
    texts = [it for one in fields.values() for _, it in texts_in(one)]
    declared = {str(path[-1]) for path in units if path[1] == "parameters"}
    return {name for it in texts for name in _read_in(it, declared)}


def _read_in(text: str, declared: set[str]) -> set[str]:
    """Return the parameters that a text reads: all that are declared where it may be any of them."""
    if "params" not in text or not is_template(text):
        return set()
    try:
        read = reads_of(parse_leaf(text), "params")
    except TemplateFault:
        return set()
    return declared if read is None else read


def bases_of(url: Any) -> list[str]:
    """Return what could be the base of a URL: whole segments without a parameter, the shortest first."""
    if not isinstance(url, str):
        return []
    scheme = _SCHEME.match(url)
    start = scheme.end() if scheme else 0
    ends, at = [], start
    for piece in _PIECE.findall(url[start:]):
        if len(piece) > 1 and (re.search(r"\bparams\b", piece) or _of_a_row(piece)):
            break
        if piece in "/?" and at > start:
            ends.append(at)
        at += len(piece)
        if piece in "?#":
            break
    else:
        ends.append(at)
    found = [url[:end] for end in ends if end > start]
    return [one for one in dict.fromkeys(found) if _BASE.match(one) and not one.endswith("/")]


def by_account(action: Any) -> str:
    """Return what the actions of one connection have in common: the host, and how they authenticate."""
    bases = bases_of(value_of(action, URL))
    return json.dumps([bases[:1], value_of(action, ("spec", "authentication"))], sort_keys=True)


def one_account(_action: Any) -> str:
    """Return the same for every action: one connection is for all of them."""
    return ""


def connection_text(name: str, common: Common) -> str:
    """Return the text of a Connection that says what is common."""
    metadata: dict[str, Any] = {"name": name}
    spec: dict[str, Any] = {} if common.base is None else {"url": common.base}
    for path, value in sorted(common.units.items(), key=lambda it: _ORDER.index(_group(it[0]))):
        here = metadata if path[0] == "metadata" else spec
        for key in (str(one) for one in path[1:-1] if one != "request"):
            here = here.setdefault(key, {})
        here[str(path[-1])] = value
    document = {"apiVersion": "callsheet/v1", "kind": "Connection", "metadata": metadata, "spec": spec}
    return compact_text(document)


def without(action: Any, common: Common, name: str) -> dict[str, Any]:
    """Return the document of an action without what is common, which names the connection for it."""
    rest = _less(action, (), common.units)
    spec = {"connection": name, **rest["spec"]}
    if common.base is not None:
        request = spec["request"]
        path = request["url"].removeprefix(common.base)
        kept = {key: one for key, one in request.items() if key != "url"}
        spec["request"] = {**kept, "path": path} if path else kept
    return {**rest, "spec": spec}


def _less(value: Any, at: Path, gone: Units) -> Any:
    """Return a mapping without some paths, and without the mappings that they leave empty."""
    if not isinstance(value, dict):
        return value
    found = {}
    for key, one in value.items():
        path = (*at, key)
        if path in gone:
            continue
        rest = _less(one, path, gone) if any(it[: len(path)] == path for it in gone) else one
        if rest != {} or one == {}:
            found[key] = rest
    return found


def common_in(connection: Any) -> Common:
    """Return what a document of kind Connection says, as its actions would."""
    spec = connection["spec"]
    request = {key: spec[key] for key in _TOP if key in spec}
    fields = {key: one for key, one in spec.items() if key not in ("url", *_TOP)}
    units = units_of({"metadata": connection["metadata"], "spec": {**fields, "request": request}})
    return Common(base=spec.get("url"), units=units)


def value_of(action: Any, path: Path) -> Any:
    """Return the value at a path of keys; None where there is none."""
    for key in path:
        action = action.get(key) if isinstance(action, dict) else None
    return action


def _group(path: Path) -> Path:
    return path if path in _WHOLE else path[:-1]


_ORDER: tuple[Path, ...] = (
    ("metadata", "owner"),
    ("metadata", "labels"),
    ("spec", "request", "headers"),
    ("spec", "request", "query"),
    ("spec", "authentication"),
    ("spec", "limits"),
    ("spec", "contract"),
    ("spec", "parameters"),
    ("spec", "responses"),
)
