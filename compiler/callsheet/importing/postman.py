"""A Postman collection (2.0 and 2.1), also as its API wraps it → its requests, with what they inherit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from callsheet.importing.hidden_variables import hidden_by_use
from callsheet.importing.model import Collection, Imported, Listed
from callsheet.importing.postman_authentication import authenticate
from callsheet.importing.postman_bodies import add_body
from callsheet.importing.postman_urls import PostmanUrl
from callsheet.importing.reading_requests import add_headers, fields, without_value
from callsheet.importing.variable_texts import variable_text
from callsheet.importing.variables import ExactVariables, Variables, checked_host
from callsheet.words import counted

KIND = "a Postman collection"
_DEPTH = 50


def postman_collection(
    value: dict[str, Any],
    environment: Any,
    *,
    kind: str = KIND,
    sort: type[Variables] = ExactVariables,
    urls: type[PostmanUrl] = PostmanUrl,
) -> Collection:
    """Return the requests of a collection.

    Args:
        value: the collection.
        environment: a file of variables, as JSON; None for none.
        kind: of the file that was written as Postman writes one.
        sort: of its variables.
        urls: reads the URL of a request.

    """
    value = value.get("collection") or value
    known, hidden = _variables(value.get("variable"))
    for one in (environment,) if environment is not None else ():
        more, more_hidden = _variables(_switched_on(one.get("values")))
        # Those of the collection lie over global ones, and under those of an environment.
        is_global = one.get("_postman_variable_scope") == "globals"
        known, hidden = more | known if is_global else known | more, hidden | more_hidden
    info = value.get("info") or {}
    names: dict[str, str] = {}
    nodes = [*_items(value["item"], (), ())]
    folders = [_variables(_own((*above, node))) for node, _, above in nodes]

    @cache
    def secrets() -> set[str]:
        """Return the variables that are credentials because a file says so, or by their use."""
        read = [
            lambda it, node=node, above=above: _Request(
                node["request"], (value, *above, node), it, kind, urls
            ).read()
            for node, _, above in nodes
        ]
        used = hidden_by_use(kind, read, [known, *(one for one, _ in folders)])
        return used.union(hidden, *(one for _, one in folders))

    def listed(node: dict[str, Any], folder: tuple[str, ...], above: tuple[Any, ...]) -> Listed:
        def read() -> Imported:
            own = _variables(_own((*above, node)))[0] if sort.of_folders else {}
            variables = sort(known, secrets(), own, names)
            found = _Request(node["request"], (value, *above, node), variables, kind, urls).read()
            if _has_scripts(node):
                found.notes.append("its scripts were left out: nothing is run")
            if any(map(_has_scripts, above)):
                found.notes.append("the scripts of its folders were left out: nothing is run")
            return found

        return Listed(name=str(node.get("name") or "request"), folder=folder, read=read)

    scripts = ["the scripts of the collection were left out: nothing is run"] if _has_scripts(value) else []
    notes = list[str]()
    if odd := _odd(value["item"]):
        notes.append(f"{counted(odd, 'item')} of the collection left out: neither a request nor a folder")
    if _is_too_deep(value["item"]):
        notes.append(f"what is in more than {_DEPTH} folders was left out")
    requests = [listed(*one) for one in nodes]
    title = str(info.get("name") or "")
    return Collection(kind=kind, title=title, requests=requests, notes=notes, of_each=scripts)


def _items(
    items: list[Any], folder: tuple[str, ...], above: tuple[Any, ...]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...], tuple[Any, ...]]]:
    """Yield each request with the names of its folders, and the folders themselves."""
    for one in items if len(folder) < _DEPTH else ():
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("item"), list):
            yield from _items(one["item"], (*folder, str(one.get("name") or "folder")), (*above, one))
        elif isinstance(one.get("request"), dict | str):
            yield one, folder, above


def _is_too_deep(items: list[Any], depth: int = 0) -> bool:
    """Return whether folders are in one another so often that what is in the last is not read."""
    if depth >= _DEPTH:
        return bool(items)
    inner = [one["item"] for one in items if isinstance(one, dict) and isinstance(one.get("item"), list)]
    return any(_is_too_deep(one, depth + 1) for one in inner)


def _odd(items: list[Any], depth: int = 0) -> int:
    """Return how many items are nothing that can be read."""
    count = 0
    for one in items if depth < _DEPTH else ():
        inner = one.get("item") if isinstance(one, dict) else None
        if isinstance(inner, list):
            count += _odd(inner, depth + 1)
        elif not isinstance(one, dict) or not isinstance(one.get("request"), dict | str):
            count += 1
    return count


def _own(nodes: tuple[Any, ...]) -> list[Any]:
    """Return the variables of folders and of the request in them, as they are listed."""
    return [it for one in nodes for it in one.get("variable") or ()]


def _variables(listed: Any) -> tuple[dict[str, str], set[str]]:
    """Return the texts of variables, and the names of those that are secret."""
    found, hidden = {}, set()
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("disabled"):
            continue
        name = str(one.get("key") or "")
        found[name] = variable_text(one.get("value"), one.get("type"))
        if one.get("type") == "secret":
            hidden.add(name)
    return found, hidden


def _switched_on(listed: Any) -> list[Any]:
    """Return the variables of an environment that count: only there, `enabled` says so."""
    known = listed if isinstance(listed, list) else []
    return [one for one in known if not isinstance(one, dict) or one.get("enabled") is not False]


def _has_scripts(node: dict[str, Any]) -> bool:
    events = node.get("event")
    scripts = [one.get("script") or {} for one in (events if isinstance(events, list) else ())]
    return any(line.strip() for one in scripts for line in _lines(one.get("exec")))


def _lines(text: Any) -> list[str]:
    return [str(one) for one in text] if isinstance(text, list) else [str(text or "")]


class _Request:
    """One request.

    Args:
        node: of the collection: a request, or its URL alone.
        above: what contains it, the collection first, and its item last.
        variables: that it sees.
        kind: of the file, for what is said of it.
        urls: reads its URL.

    """

    def __init__(
        self, node: Any, above: tuple[Any, ...], variables: Variables, kind: str, urls: type[PostmanUrl]
    ) -> None:
        self.kind = kind
        self.urls = urls
        self.node: dict[str, Any] = {"url": node} if isinstance(node, str) else node
        self.above = above
        self.variables = variables

    def read(self) -> Imported:
        url = self.urls(self.node.get("url"), self.variables)
        method = self.node.get("method")
        if method is not None and not isinstance(method, str):
            raise TypeError
        result = Imported(method=(method or "GET").upper(), url=url.text())
        result.notes.extend(url.notes)
        add_headers(result, _headers(self.node.get("header")), self.variables)
        result.notes.extend(without_value(self.node.get("header"), "key"))
        listed = [one.get("auth") for one in (*self.above[:-1], self.node)]
        authenticate(result, listed, self.variables, self.kind)
        if url.user is not None and result.authentication is None and result.user is None:
            result.user = url.user
        add_body(result, self.node.get("body"), self._behavior(), self.variables)
        result.notes.extend(_of_the_way((self.above[-1], self.node)))
        return checked_host(self.variables.into(result))

    def _behavior(self) -> dict[str, Any]:
        """Return how the request is sent: what contains it says so for all that is in it."""
        found: dict[str, Any] = {}
        for one in self.above:
            held = one.get("protocolProfileBehavior")
            found |= held if isinstance(held, dict) else {}
        return found


def _of_the_way(nodes: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a note for what a request says of the way to its service, which an action has of its own."""
    for what, words in (("certificate", "its client certificate"), ("proxy", "its proxy")):
        held = [one[what] for one in nodes if isinstance(one.get(what), dict)]
        if any(one and not one.get("disabled") for one in held):
            yield f"{words} was left out: an action has its own way to the service"


def _headers(listed: Any) -> Iterator[tuple[str, str]]:
    """Yield the headers of a request: a list of fields, of lines, or a text."""
    lines = listed.splitlines() if isinstance(listed, str) else listed or ()
    if not isinstance(lines, list | tuple):
        raise TypeError
    for one in lines:
        if isinstance(one, str):
            key, colon, held = one.partition(":")
            if colon:
                yield key.strip(), held.strip()
        else:
            yield from fields([one], "key")
