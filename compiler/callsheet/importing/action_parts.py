"""What all parts of an imported action are written with: templates, references to secrets, notes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote

from msgspec.structs import replace

from callsheet.importing.declared import Parameters
from callsheet.importing.hiding import hidden
from callsheet.importing.marks import ANY_MARK, SLOT, filled, template_of
from callsheet.importing.model import Imported, Slot
from callsheet.importing.references import References
from callsheet.templates.values import canonical_text


class Parts:
    """A request as it becomes an action.

    Attributes:
        notes: what is said of it, at the top of the file.
        authentication: that of the action.
        key_in_query: whether a key in the query is the authentication: other proofs are headers then.
        whole_headers: headers that are secrets as a whole.

    """

    def __init__(self, imported: Imported, name: str, account: str, secrets: dict[str, str]) -> None:
        # A scheme is the same in capitals (RFC 3986, section 3.1), and policies read it as text.
        url = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*(?=://)", lambda one: one[0].lower(), imported.url)
        self.imported = replace(imported, url=url)
        self.notes = [*imported.notes]
        self.notes_of_secrets: dict[str, str] = {}
        self.name = name
        self.secrets = References(account, secrets)
        self.parameters = Parameters()
        self.reads = {one: f"values.{account}.{one}" for one in imported.values}
        self.authentication: dict[str, Any] = {"type": "none"}
        self.whole_headers: dict[str, Any] = {}
        self.key_in_query = False
        self.body_token = imported.lone_token

    def _say_of(self, reference: dict[str, str], words: str) -> None:
        """Note something of a secret, for as long as the file refers to it."""
        secret = reference["secret"].removeprefix("env:")
        self.notes.append(f"{secret} {words}")
        self.notes_of_secrets[self.notes[-1]] = secret

    def _secret(self, name: str, text: str) -> dict[str, str]:
        """Return a reference to a secret; a note says where a variable is only a part of it."""
        reference = self.secrets.to(name, text)
        if ANY_MARK.search(text) and not ANY_MARK.fullmatch(text):
            self._say_of(reference, "is the whole value, with what is around the variable in it")
        return reference

    def _hidden(self, text: str) -> str:
        return hidden(text, self.secrets.known.values())

    def _template(self, text: str) -> str:
        """Write a text as a template, with a parameter or a value in the place of each mark."""

        def parameter(name: str) -> str | None:
            slot = self.imported.slots.get(unquote(name))
            return None if slot is None else self._read(slot)

        whole = SLOT.fullmatch(text)
        declared = self.imported.slots.get(unquote(whole[2])) if whole is not None else None
        if declared is not None and declared.fields.get("type") in ("number", "integer", "boolean"):
            return f"{{{{ params.{self._read(declared)} | string }}}}"
        return template_of(text, parameter, self.reads)

    def _read(self, slot: Slot) -> str:
        """Return how a template reads the parameter of a slot."""
        name = self.parameters.of_slot(slot)
        if slot.default is None:
            return name
        return f"{name} | default({json.dumps(slot.default, ensure_ascii=False)})"

    def _shown(self, text: str, *, encoded: bool = False) -> str:
        """Return a text as it is sent: a parameter by its example."""

        def example(match: re.Match[str]) -> str:
            slot = self.imported.slots.get(unquote(match[2]))
            shown = match[0] if slot is None else _example_text(slot.example)
            return quote(shown, safe="") if encoded and slot is not None else shown

        return SLOT.sub(example, filled(text, self.imported.values))


def _example_text(example: Any) -> str:
    """Return an example as a template writes it into a text."""
    return example if isinstance(example, str) else canonical_text(example)
