"""The parameters of an imported action: one for each value that differs from call to call."""

from __future__ import annotations

from typing import Any

from callsheet.documents import equal
from callsheet.importing.free_names import first_free
from callsheet.importing.guesses import guess, parameter_name
from callsheet.importing.model import Slot
from callsheet.language.credential_names import last_key


class Parameters:
    """Parameters as they are declared.

    Attributes:
        declared: their fields, by name.

    """

    def __init__(self) -> None:
        self.declared: dict[str, dict[str, Any]] = {}
        self._people: dict[str, str] = {}

    def of_slot(self, slot: Slot) -> str:
        """Declare the parameter of a slot; returns its name."""
        guessed = guess(slot.example, (slot.name,)) if isinstance(slot.example, str) else None
        name = slot.name if slot.chosen else parameter_name(slot.name)
        return self._enter(name, slot.fields, slot.example, guessed)

    def of_value(self, path: tuple[Any, ...], value: str, sensitivity: str) -> str:
        """Declare a parameter for a value; the same value at the same key is the same parameter.

        What says who a person is, such as an address, is the same parameter at every key.
        """
        if value in self._people and sensitivity != "text":
            return self._people[value]
        name = self._enter(parameter_name(last_key(path, "value")), {"type": "string"}, value, sensitivity)
        if sensitivity != "text":
            self._people[value] = name
        return name

    def _enter(self, name: str, fields: dict[str, Any], example: Any, guessed: str | None) -> str:
        chosen = first_free(
            name,
            lambda it: it in self.declared and not equal(self.declared[it]["example"], example),
            lambda number: f"{name}_{number}",
        )
        declared = {
            "type": fields["type"],
            "label": {"en": chosen.replace("_", " ").capitalize()},
            **fields,
        }
        if guessed not in (None, "text"):
            declared["sensitivity"] = guessed
        self.declared[chosen] = {**declared, "example": example}
        return chosen
