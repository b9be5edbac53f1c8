"""The requests of a collection → the variables that are credentials by their use, whatever they are called.

A variable whose value authenticates a call is a secret everywhere: a value in an environment's file is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from callsheet.documents.walking import texts_in
from callsheet.errors import CallsheetError, of_its_shape
from callsheet.importing.body_tokens import token_of_body
from callsheet.importing.credentials import is_hidden, is_hidden_field, is_secret_path, secrets_in
from callsheet.importing.marks import VALUE, bare, value
from callsheet.importing.model import Credential, Imported, misshapen
from callsheet.importing.variables import Variables
from callsheet.language.credential_names import is_secret_key, judged_path_in

_ALONE = re.compile(r"\s*(?:[\w-]+\s+)?\{\{\s*(?:_\.)?([$\w][\w.$ -]*?)\s*\}\}\s*\Z")
"""One variable, also after a scheme."""


class Tracing(Variables):
    """Variables of which each leaves a mark with its own name, so that a request shows where they are."""

    pattern = re.compile(r"\{\{\s*(?:_\.)?([^{}]*?)\s*\}\}")

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__({}, (), None, names)

    def _mark(self, name: str, seen: tuple[str, ...]) -> str:
        del seen
        return value(self._identifier(name))

    def _json_mark(self, match: re.Match[str]) -> str:
        if match[0].startswith('"'):
            return self.pattern.sub(lambda it: self._mark(it[1], ()), match[0])
        return json.dumps(bare(self.marked(match[0])))

    def _key(self, key: str) -> str:
        return key


def hidden_by_use(
    kind: str, read: Iterable[Callable[[Tracing], Imported]], texts: Iterable[Mapping[str, str]]
) -> set[str]:
    """Return the names of variables that are credentials by their use.

    Args:
        kind: of the file, for what is said of it.
        read: reads each request with variables; one that cannot be read uses none.
        texts: of the variables, by name, in each place that declares some.

    """
    names: dict[str, str] = {}
    found: set[str] = set()
    for one in read:
        try:
            with of_its_shape(misshapen(kind)):
                imported = one(Tracing(names))
        except CallsheetError:
            continue
        for text in _credentials(imported):
            found |= {match[2] for match in VALUE.finditer(text)}
    hidden = {name for name, identifier in names.items() if identifier in found}
    return hidden | _within(hidden, [*texts])


def _within(hidden: set[str], texts: list[Mapping[str, str]]) -> set[str]:
    """Return the variables that are the whole value of others, as `Bearer {{pat}}` is of `auth`."""
    found: set[str] = set()
    new = hidden
    while new:
        matches = [_ALONE.match(one[name]) for name in new for one in texts if name in one]
        new = {match[1] for match in matches if match is not None} - found - hidden
        found |= new
    return found


def _credentials(imported: Imported) -> Iterator[str]:
    """Yield the texts of a request that authenticate it."""
    for one in (imported.authentication or {}).values():
        if isinstance(one, Credential):
            yield one.text
    if imported.user is not None:
        # Some services take a key as the name, and no password.
        yield imported.user[1] or imported.user[0]
    fields = [*imported.headers, *parse_qsl(imported.url.partition("#")[0].partition("?")[2])]
    yield from (held for key, held in fields if is_hidden_field(key, held))
    for path, held in texts_in(imported.payload):
        inner = [] if is_secret_key(path, held) else [one for _, one in secrets_in(held)]
        if inner or is_hidden(held, judged_path_in(path, imported.payload)):
            yield from inner or (held,)
    token = token_of_body(imported)
    yield from () if token is None else (token,)
    yield from _in_path(imported.url.partition("#")[0].partition("?")[0])


def _in_path(url: str) -> Iterator[str]:
    """Yield the segments of a path that make it a credential."""
    segments = url.split("/")
    for number in range(3, len(segments)):
        with_it, without = "/".join(segments[: number + 1]), "/".join(segments[:number])
        if is_secret_path(with_it) and not is_secret_path(without):
            yield segments[number]
