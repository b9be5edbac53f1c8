"""Credentials of requests → the names of the environment variables that are to contain them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callsheet.importing.free_names import first_free
from callsheet.importing.marks import SECRET
from callsheet.importing.shell_marks import MARK


class References:
    """References to the secrets of an account, each to one secret.

    Args:
        account: after which they are named.
        known: the secrets that have a name already; new ones are added.

    """

    def __init__(self, account: str, known: dict[str, str]) -> None:
        self.account = account
        self.known = known

    def to(self, what: str, value: str = "") -> dict[str, str]:
        """Return a reference by a name of its own, or by its variable's: the value is forgotten here."""
        variable = MARK.fullmatch(value.strip())
        if variable is not None:
            return {"secret": f"env:{variable[1]}"}
        named = SECRET.fullmatch(value.strip())
        words = what if named is None else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", named[2])
        name = re.sub(r"[^A-Z0-9]+", "_", f"{self.account}_{words}".upper()).strip("_")
        name = name if not name[0].isdigit() else f"KEY_{name}"
        chosen = first_free(
            name, lambda it: self.known.get(it, value) != value, lambda number: f"{name}_{number}"
        )
        self.known[chosen] = value
        return {"secret": f"env:{chosen}"}


def secret_names(text: str) -> Iterator[str]:
    """Yield the environment variables that an imported action refers to."""
    yield from sorted(set(re.findall(r"env:([A-Z0-9_]+)", text)))
