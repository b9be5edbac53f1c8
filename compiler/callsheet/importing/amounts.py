"""How much of a value was made of a schema: it is refused before it is too large."""

from __future__ import annotations

from callsheet.importing.model import ImportFault

MOST_CHARACTERS = 262_144
"""Of a body: it is in the file of its action up to three times, which has at most 1 MiB."""
_MOST_VALUES = 10_000


class NoValueError(ImportFault):
    """A schema takes no value: what may be left out is left out."""


class Amount:
    """What was made of the schemas of one body.

    Attributes:
        characters: of the values that are kept, as JSON.

    """

    def __init__(self) -> None:
        self.characters = 0
        self._values = 0

    def take(self, characters: int, path: tuple[str, ...]) -> None:
        """Note that a value is made.

        Raises:
            NoValueError: where it is too large.
            ImportFault: where too many were made, also of those that were left out again.

        """
        self.characters += characters
        self._values += 1
        if self.characters > MOST_CHARACTERS:
            raise NoValueError(
                f"with what it requires at `{'.'.join(path[:4])}`, its body has more than 256 KiB",
                "write the action by hand",
            )
        if self._values > _MOST_VALUES:
            raise ImportFault(
                f"its schemas have more than {_MOST_VALUES:,} values at `{'.'.join(path[:2])}`",
                "write the action by hand",
            )
