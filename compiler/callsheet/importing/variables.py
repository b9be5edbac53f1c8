"""The variables of a collection → marks in its texts: a value, a secret, or a parameter.

A variable with a value becomes a value of the environment, one that is a credential a reference to a
secret, and one without a value a parameter. So does one that the tool makes up (`{{$guid}}`): each use
of it is another value, and another parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from callsheet.importing.bare_variables import bare_secret, bare_slot
from callsheet.importing.free_names import first_free
from callsheet.importing.guesses import parameter_name
from callsheet.importing.json_bodies import NOT_JSON, json_body, refuse_long
from callsheet.importing.marks import (
    ESCAPED,
    PRIVATE,
    SECRET,
    SLOT,
    VALUE,
    bare,
    filled,
    limited,
    refuse_private,
    secret,
    slot,
    value,
)
from callsheet.importing.model import Imported, ImportFault, Slot
from callsheet.importing.variable_texts import Unwritable
from callsheet.language.credential_names import DEVICES, is_credential
from callsheet.language.secret_patterns import secret_kind

VARIABLE = re.compile(r"\{\{\s*(?:_\.)?([$\w][\w.$ -]*?)\s*\}\}")
_EXACT = re.compile(r"\{\{([^{}]+)\}\}")
_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|\{\{[^{}"]*\}\}', re.DOTALL)
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_ADDRESSES = tuple(one for one in DEVICES if one != "token")
"""Words for a token that names a device: a parameter."""
_OF_THE_CLOCK = ("$timestamp", "$isoTimestamp")
"""What a tool makes up that is the same wherever a request has it."""
_URL = re.compile(r"(?i)https?://[^@/?#]*(?:[/?#]|\Z)")


class Variables:
    """The variables that one request sees.

    Args:
        known: their texts, by name.
        hidden: the names of those that are credentials, whatever they are called.
        own: of this request alone, by name: they are written in their places.
        names: the names of values, by variable; shared by the requests of a file.

    """

    pattern: ClassVar[re.Pattern[str]] = VARIABLE
    """A variable in a text."""
    of_folders: ClassVar[bool] = True
    """Whether folders declare some."""
    sends_comments: ClassVar[bool] = True
    """Whether the tool sends the comments of a JSON body, which is no JSON with them."""

    def __init__(
        self,
        known: Mapping[str, str],
        hidden: Collection[str] = (),
        own: Mapping[str, str] | None = None,
        names: dict[str, str] | None = None,
    ) -> None:
        self.known = known
        self.hidden = hidden
        self.own = own or {}
        self.names = {} if names is None else names
        self.values: dict[str, str] = {}
        self.slots: dict[str, Slot] = {}
        self.notes: list[str] = []
        self._bare: dict[str, Slot] = {}
        self._found: dict[str, str] = {}
        self._made_up: dict[str, int] = {}
        self._shared = type(self)(known, hidden, None, self.names) if self.own else None

    def marked(self, text: str, seen: tuple[str, ...] = ()) -> str:
        """Return a text with a mark for each variable."""
        refuse_private(text, PRIVATE)
        return limited(self.pattern.sub(lambda match: self._mark(match[1], seen), text))

    def plain(self, text: str, what: str) -> str:
        """Return a text with the values of its variables; what has no value cannot stand there."""
        found = filled(self.marked(text), self.values)
        if SLOT.search(found) or SECRET.search(found):
            raise ImportFault(f"{what} is a variable without a value", "name its file with --environment")
        return found

    def payload(self, text: str) -> Any:
        """Return the JSON of a body; a variable without quotes around it is JSON of its own.

        Raises:
            ImportFault: where it is not JSON.

        """
        refuse_long(text)
        refuse_private(text, PRIVATE, ESCAPED)
        marked = _IN_JSON.sub(self._json_mark, text)
        # What is a number anywhere is one everywhere: a text that it is in is written with it.
        self.slots |= self._bare
        try:
            found = json_body(marked, notes=self.notes)
        except ImportFault as fault:
            plain = _COMMENT.sub(lambda match: match[1] or " ", marked)
            if plain == marked:
                raise fault from None
            found = json_body(plain, notes=self.notes)
            if self.sends_comments:
                self.notes.append("the comments in the body were left out: the tool sends them")
        return self._with_slots(found)

    def text_of(self, name: str) -> str:
        """Return the value of a variable, with the values of those within it."""
        return self.filled(self.marked(self.known[name], (name,)))

    def into(self, imported: Imported) -> Imported:
        """Return a request with what its marks stand for."""
        imported.slots |= self.slots
        imported.values |= self.values
        imported.notes.extend(dict.fromkeys(self.notes))
        return imported

    def filled(self, text: str) -> str:
        """Return a text with the values in the place of their marks."""
        return filled(text, self.values)

    def parameter(self, name: str, example: str = "") -> str:
        """Return the mark of a parameter for what has no value of its own."""
        identifier = self._identifier(name)
        self.slots.setdefault(identifier, Slot(identifier, {"type": "string"}, example or identifier))
        return slot(identifier)

    def _mark(self, name: str, seen: tuple[str, ...]) -> str:
        own = f"\0{name}"  # a variable of the collection may have the same name
        if name in self.own and own not in seen:
            if self._is_secret(name, self.own[name]):
                return secret(self._identifier(name))
            return self.marked(_writable(name, self.own[name]), (*seen, own))
        if name in seen or (own in seen and name not in self.known):
            raise ImportFault(f"its variable `{name[:40]}` refers to itself", "correct the value of it")
        if self.known.get(name, ""):
            _writable(name, self.known[name])
            if name not in self._found:
                before = sum(self._made_up.values())
                found = self._known(name, seen)
                if before < sum(self._made_up.values()):
                    return found  # what is made up in it is another value each time
                self._found[name] = found
            return self._found[name]
        if is_credential(name, "") and parameter_name(name) not in _ADDRESSES:
            if name.startswith("$"):
                self.notes.append(
                    f"`{{{{{name[:40]}}}}}` is a secret: the tool makes another one up each time"
                )
            return secret(self._identifier(name))
        if name.startswith("$") and name not in _OF_THE_CLOCK:
            self._made_up[name] = number = self._made_up.get(name, 0) + 1
            name = name if number == 1 else f"{name}#{number}"
        return self.parameter(name)

    def _known(self, name: str, seen: tuple[str, ...]) -> str:
        identifier = self._identifier(name)
        text = self.known[name]
        if self._is_secret(name, text):
            return secret(identifier)
        found = self.marked(text, (*seen, name))
        # What looks like a template would be read as one of ours in the values of an environment.
        if SLOT.search(found) or SECRET.search(found) or re.search(r"\{[{%#]", found):
            return found
        if secret_kind(self.filled(found)):
            return secret(identifier)
        if self._shared is not None and self._shared.text_of(name) != self.filled(found):
            return found
        self.values[identifier] = found
        return value(identifier)

    def _is_secret(self, name: str, text: str) -> bool:
        return name in self.hidden or (is_credential(name, text) and not _URL.match(text))

    def _identifier(self, name: str) -> str:
        """Return the name of a value, the same for each use of a variable, and of no other."""
        if name not in self.names:
            plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "value"
            plain = plain if plain[0].isalpha() else f"v_{plain}"
            self.names[name] = first_free(
                plain, lambda it: it in self.names.values(), lambda number: f"{plain}_{number}"
            )
        return self.names[name]

    def _json_mark(self, match: re.Match[str]) -> str:
        if match[0].startswith('"'):
            return self.pattern.sub(lambda it: self._in_text(it[1]), match[0])
        found = self.marked(match[0])
        if SLOT.fullmatch(found) or SECRET.fullmatch(found):
            self._say_of_bare(bare(found))
        elif VALUE.fullmatch(found):
            json_body(self.filled(found))
        else:
            return found
        return json.dumps(bare(found))

    def _say_of_bare(self, mark: str) -> None:
        """Note what differs for a variable without quotes, which has no value here; a text is refused."""
        names = {identifier: name for name, identifier in self.names.items()}
        if match := SLOT.fullmatch(mark):
            name = names[match[2]]
            name = name.partition("#")[0] if name.startswith("$") else name
            self._bare[match[2]], note = bare_slot(name, match[2])
            self.notes.extend([note] if note else [])
        elif match := SECRET.fullmatch(mark):
            name = names[match[2]]
            if self.own.get(name, self.known.get(name)):
                json_body(self.own.get(name, self.known.get(name, "")))
            self.notes.append(bare_secret(name))

    def _in_text(self, name: str) -> str:
        """Return a mark within a string of JSON; a value with escapes is written as the tool does."""
        found = self._mark(name, ())
        text = self.filled(found)
        return text if re.search(r'["\\\x00-\x1f]', text) else found

    def _with_slots(self, payload: Any) -> Any:
        if isinstance(payload, dict):
            return {self._key(key): self._with_slots(one) for key, one in payload.items()}
        if isinstance(payload, list):
            return [self._with_slots(one) for one in payload]
        match = SLOT.fullmatch(payload) if isinstance(payload, str) else None
        if match is None:
            return payload
        return payload if match[2] in self._bare and not match[1] else self.slots[match[2]]

    def _key(self, key: str) -> str:
        bare_key = VALUE.fullmatch(key)
        found = self.filled(key)
        if bare_key and bare_key[1]:
            found = json_body(found)
            if not isinstance(found, str):
                raise ImportFault("the body is not JSON", NOT_JSON)
        if PRIVATE.search(found):
            raise ImportFault("a key of the body is a variable", "write the action by hand")
        return found


def _writable(name: str, text: str) -> str:
    """Return the text of a variable; raises ImportFault for a value that has none."""
    if isinstance(text, Unwritable):
        raise ImportFault(f"its variable `{name[:40]}` is {text}", "write its value as a string")
    return text


class ExactVariables(Variables):
    """Variables as Postman reads them: their names are all that is between the braces, blanks included."""

    pattern = _EXACT
    of_folders = False
    sends_comments = False


def checked_host(
    imported: Imported, way_out: str = "name a file of variables with --environment"
) -> Imported:
    """Return a request whose host is known; raises ImportFault, with what gives a variable its value."""
    url = filled(imported.url, imported.values)
    host = re.match("[^/?#]*://[^/?#]*|[^/?#]*", url)
    if host and SECRET.search(host[0].rpartition("@")[2]):
        raise ImportFault(
            "its host is a credential", "write the action by hand, with `url: {secret, host}`"
        )
    names = [match[2] for match in SLOT.finditer(host[0] if host else "")]
    if names:
        raise ImportFault(f"its host is the variable `{names[0]}`, which has no value", way_out)
    return imported
