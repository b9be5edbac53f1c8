"""What a contract says of an action → kept, and taken again where nothing that it depends on changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable

from callsheet.compiling.sealed import SealedStore
from callsheet.compiling.unit import problem_of, problem_record
from callsheet.documents import Problem
from callsheet.rules.secrets_beside import repeats_secret

FORMAT = 8
"""Of what is kept; higher whenever an action is checked otherwise by the same version."""


class Verdicts:
    """Verdicts by action, in the cache.

    Args:
        store: where they are kept.
        basis: by the name of an action, what it depends on beside its contract; of others, nothing is kept.

    """

    def __init__(self, store: Callable[[], SealedStore], basis: dict[str, str]) -> None:
        self._store = store
        self._basis = basis
        self._fresh: dict[str, str] = {}

    def of(self, name: str, contract: str, check: Callable[[], Iterable[Problem]]) -> list[Problem]:
        """Return what is wrong with an action by its contract.

        Args:
            name: of the action.
            contract: the digest of the contract's text.
            check: finds it, where it is not known.

        """
        basis = self._basis.get(name)
        if basis is None:
            return list(check())
        key = f"verdict {name}"
        on = hashlib.sha256(f"{FORMAT}\0{basis}\0{contract}".encode()).hexdigest()
        kept = self._store().get(key)
        if kept is not None:
            digest, records = json.loads(kept)
            if digest == on:
                return [problem_of(one) for one in records]
        found = list(check())
        if not any(map(repeats_secret, found)):
            self._fresh[key] = json.dumps([on, [problem_record(one) for one in found]])
        return found

    def keep(self) -> None:
        """Write what was found."""
        if self._fresh:
            self._store().put_all(self._fresh)
            self._fresh = {}
