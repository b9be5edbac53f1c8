"""What a shell would fill into a line → parameters of the action; a credential stays a reference."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from callsheet.importing.credentials import is_hidden_field, is_secret
from callsheet.importing.free_names import first_free
from callsheet.importing.guesses import parameter_name
from callsheet.importing.marks import ESCAPED, SLOT, bare, refuse_private, slot
from callsheet.importing.model import Imported, ImportFault, Slot
from callsheet.importing.shell_marks import MARK, as_written
from callsheet.language.credential_names import DEVICES, is_credential, judged_path
from callsheet.language.secret_patterns import secret_kind
from callsheet.templates.values import canonical_text

_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|' + MARK.pattern, re.DOTALL)


def with_parameters_of_shell(imported: Imported) -> Imported:
    """Make parameters of the variables in URL, query and headers, but for whole credentials.

    Raises:
        ImportFault: where the host is one.

    """
    base, mark, query = imported.url.partition("?")
    if MARK.search("".join(one.partition("=")[0] for one in query.split("&"))):
        raise ImportFault("a key of the query is a variable", "write the keys themselves")
    host = re.match("[^/?#]*://[^/?#]*", base)
    if host and (found := MARK.search(host[0])):
        raise ImportFault(
            f"its host is the variable `${found[1]}`",
            "write the host itself, or make it a value of the environment",
        )
    pairs = [
        f"{key}{equals}{value if _is_credential(key, value) else _marked(imported, value)}"
        for key, equals, value in (one.partition("=") for one in query.split("&"))
    ]
    imported.url = f"{_marked(imported, base)}{mark}{'&'.join(pairs)}"
    imported.headers = [
        (
            key,
            value
            if is_hidden_field(key, value.strip()) or key.lower() == "authorization"
            else _marked(imported, value),
        )
        for key, value in imported.headers
    ]
    return imported


def with_host_by_default(imported: Imported, url: str) -> str:
    """Return a URL with the default of each variable that is its host, or contains it, and a note of it."""

    def default(match: re.Match[str]) -> str:
        if match[1] not in imported.defaults:
            return match[0]
        imported.notes.append(f"the default of `${match[1]}` is written as the host: no parameter is one")
        return imported.defaults[match[1]]

    host = re.match("(?:[^/?#]*://)?[^/?#]*", url)
    end = host.end() if host else 0
    return MARK.sub(default, url[:end]) + url[end:]


def note_defaults(imported: Imported) -> None:
    """Note the defaults of variables that are no parameters, such as credentials."""
    imported.notes += [
        f"the default of `${name}` was left out"
        for name in imported.defaults
        if name not in imported.variables and not any(f"`${name}`" in one for one in imported.notes)
    ]


def payload_of_shell(imported: Imported, text: str, read: Callable[[str], Any]) -> Any:
    """Return the JSON of a body with variables of a shell; one without quotes around it is a number.

    Args:
        imported: takes the parameters.
        text: of the body, with marks.
        read: returns the JSON of a text; raises ImportFault.

    """
    if MARK.fullmatch(text.strip()):
        shown = as_written(text.strip())
        raise ImportFault(f"the data is the variable `{shown}`", "put the payload itself into the command")
    return with_slots(imported, value_of_shell(text, read))


def value_of_shell(text: str, read: Callable[[str], Any]) -> Any:
    """Return the JSON of a text with marks, in which a variable without quotes is a mark of a number."""

    def in_json(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith('"') else json.dumps(bare(slot(match[1])))

    refuse_private(text, ESCAPED)
    return read(_IN_JSON.sub(in_json, text))


def with_slots(imported: Imported, payload: Any) -> Any:
    """Return a payload with a parameter in the place of each variable that is no credential.

    A variable that is a number anywhere is one everywhere: a text that it is in is written with it.
    """
    for number in _numbers_in(payload):
        name = _name_of(imported, number)
        imported.slots[name] = _number(imported, number, name)
    return _with_slots(imported, payload, ())


def _number(imported: Imported, variable: str, name: str) -> Slot:
    """Return what stands for a variable without quotes: a number, or what its default is."""
    if variable not in imported.defaults:
        imported.notes.append(
            f"`${variable}` has no quotes in the data: it is a number, in place of any JSON of the shell"
        )
        return Slot(name, {"type": "number"}, 1)
    try:
        default = json.loads(imported.defaults[variable])
    except ValueError:
        default = None
    if (
        not isinstance(default, bool | int | float)
        or canonical_text(default) != imported.defaults[variable]
    ):
        raise ImportFault(
            f"the default of `${variable}` is not a number as JSON writes it",
            "put quotes around the variable in the data, or write its value",
        )
    kind = "boolean" if isinstance(default, bool) else "number"
    return Slot(name, {"type": kind, "optional": True}, default, default=default)


def _numbers_in(payload: Any) -> Iterator[str]:
    """Yield the variables that are without quotes in a payload."""
    rest = [payload]
    while rest:
        one = rest.pop()
        rest += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        number = SLOT.fullmatch(one) if isinstance(one, str) else None
        if number is not None and number[1]:
            yield number[2]


def _with_slots(imported: Imported, value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        if any(MARK.search(key) for key in value):
            raise ImportFault("a key of the body is a variable", "write the action by hand")
        return {
            key: _with_slots(imported, one, judged_path((*path, key), value)) for key, one in value.items()
        }
    if isinstance(value, list):
        return [_with_slots(imported, one, (*path, index)) for index, one in enumerate(value)]
    if not isinstance(value, str):
        return value
    number = SLOT.fullmatch(value)
    if number is not None and number[1]:
        return _slot_of(imported, number[2])
    whole = MARK.fullmatch(value)
    if whole is None:
        return _marked(imported, value)
    name = parameter_name(whole[1])
    if is_secret("", path) or (is_credential(whole[1], "") and name not in DEVICES):
        return value
    found = _slot_of(imported, whole[1])
    return found if found.fields["type"] == "string" else slot(found.name)


def _is_credential(key: str, value: str) -> bool:
    """Return whether a query parameter is a credential by its name, its text, or its variable's name."""
    whole = MARK.fullmatch(value)
    if whole is None or is_credential(unquote(key), ""):
        return is_credential(unquote(key), value)
    return is_credential(whole[1], "") and parameter_name(whole[1]) not in DEVICES


def _marked(imported: Imported, text: str) -> str:
    """Return a text with the mark of a parameter for each variable."""
    return MARK.sub(lambda match: slot(_slot_of(imported, match[1]).name), text)


def _slot_of(imported: Imported, variable: str) -> Slot:
    name = _name_of(imported, variable)
    default = imported.defaults.get(variable)
    if default is not None and secret_kind(default):
        note = f"the default of `${variable}` was left out"
        imported.notes.extend([note] if note not in imported.notes else [])
        default = None
    found = Slot(name, {"type": "string"}, name)
    if default is not None:
        found = Slot(name, {"type": "string", "optional": True}, default or name, default=default)
    return imported.slots.setdefault(name, found)


def _name_of(imported: Imported, variable: str) -> str:
    """Return the parameter of a variable: two variables never share one."""
    names = imported.variables
    if variable not in names:
        plain = parameter_name(variable)
        names[variable] = first_free(
            plain, lambda it: it in names.values(), lambda number: f"{plain[:20]}_{number}"
        )
    return names[variable]
