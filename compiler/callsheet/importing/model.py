"""One request as it was found, before anything of it is a parameter or a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from callsheet.errors import CallsheetError


class ImportFault(CallsheetError):  # noqa: N818 - a verdict about one request
    """What cannot become an action, with the reason: CS938."""

    def __init__(self, message: str, help: str, details: tuple[str, ...] = ()) -> None:
        super().__init__("CS938", message, help=help, details=details)


MAX_REASONS = 20
"""How many refusals are listed where nothing is imported."""


def none_left(what: str, left: Mapping[str, str]) -> ImportFault:
    """Return that nothing of a file can be an action, with the reason of each."""
    lines = [f"{label}: {why}" for label, why in left.items()]
    more = [f"and {len(lines) - MAX_REASONS} more"] if len(lines) > MAX_REASONS else []
    return ImportFault(
        f"none of the {what} can be an action",
        "choose others, or write the action by hand",
        (*lines[:MAX_REASONS], *more),
    )


def checked_url(url: str) -> str:
    """Return a URL that can be taken apart.

    Raises:
        ImportFault: for one that cannot, such as a host in brackets that is not an address, and for a host
            that is not ASCII.

    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        # It is not shown: a credential may be in it, and Python's words may hold it.
        raise ImportFault("the URL cannot be read", "correct its host, and the brackets in it") from None
    if re.search("[^\x00-\x7f\ue000-\ue007]", host):
        raise ImportFault(
            "the host of the URL is not ASCII", "write it as DNS has it, such as xn--bcher-kva.example"
        )
    return url


def misshapen(what: str) -> ImportFault:
    """Say that a file of other people's tools has another shape than their format."""
    return ImportFault(
        f"the file is not valid as {what}: a part of it is missing, or has another type",
        "export it again, or write the action by hand",
    )


class Slot(Struct, frozen=True):
    """A value that becomes a parameter, because what was imported says so.

    Attributes:
        name: from which the parameter's is made.
        fields: of its declaration.
        example: a value of it.
        chosen: whether the name is the parameter's own, because the user chose it.
        default: what is sent where the parameter has no value; None for nothing.

    """

    name: str
    fields: dict[str, Any]
    example: Any
    chosen: bool = False
    default: Any = None


class Known(str):
    """A text that a description itself names, as a value of an enumeration."""

    __slots__ = ()


def with_examples(value: Any) -> Any:
    """Return a value with an example in the place of each slot."""
    if isinstance(value, Slot):
        return value.example
    if isinstance(value, Known):
        return str(value)
    if isinstance(value, Credential):
        return value.text
    if isinstance(value, dict):
        return {key: with_examples(one) for key, one in value.items()}
    return [with_examples(one) for one in value] if isinstance(value, list) else value


class Credential(Struct, frozen=True):
    """A secret of an authentication: a reference is written in its place.

    Attributes:
        text: only compared with that of others, so that two secrets have two references.

    """

    text: str = ""

    def __repr__(self) -> str:
        """Return the type alone: what an error shows of it is no secret."""
        return "Credential()"


class Imported(Struct):
    """One request.

    Attributes:
        url: with its query; as in headers and payload, marks stand for parameters, values and secrets.
        headers: as they were written, in their order; a name between U+E000 and U+E001 is
            a variable of the shell.
        payload: the JSON body; a leaf may be a slot.
        user: name and password of basic authentication, where they were given apart.
        authentication: the action's, where no header says it; a Credential for each secret of it.
        slots: what a mark stands for, by its name.
        values: the texts of what the environment says, by the name in the mark.
        contract: what describes the call, as an action names it.
        responses: the answers, as an action shows them.
        title: what the call is named where it comes from.
        notes: what was left out, for the author.
        incomplete: whether its authentication was left out.
        variables: the parameters of the variables of a shell, by their names.
        defaults: the texts that the shell writes where such a variable has none, by its name.
        lone_token: the text of `token` in the body, where nothing else authenticates; None for another.

    """

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    payload: Any = None
    has_payload: bool = False
    user: tuple[str, str] | None = None
    authentication: dict[str, Any] | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    contract: dict[str, Any] | None = None
    responses: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    notes: list[str] = field(default_factory=list)
    incomplete: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    lone_token: str | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """One request of a file that contains several.

    Attributes:
        name: its own.
        folder: the names of the folders that it is in.
        also: what it is called beside its name: its number in the file, and what it calls.
        read: reads it; raises ImportFault for what cannot be an action.
        unasked: why it is left out where nobody asks for it by name; empty where it is not.

    """

    name: str
    folder: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    read: Callable[[], Imported]
    unasked: str = ""

    @property
    def label(self) -> str:
        """The name with the folders."""
        return "/".join((*self.folder, self.name))


class Collection(Struct, frozen=True, kw_only=True):
    """A file with requests.

    Attributes:
        kind: of the file, as `--help` names it.
        title: what it is called; empty where it has no name.
        requests: in their order.
        notes: what is left out of the file.
        of_each: what is left out of each request, also where only one is chosen.

    """

    kind: str
    title: str = ""
    requests: Sequence[Listed] = ()
    notes: Sequence[str] = ()
    of_each: Sequence[str] = ()
