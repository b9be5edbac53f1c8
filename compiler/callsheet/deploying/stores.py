"""An environment's target and ledger, opened together, with the lock and the transaction over both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from msgspec import Struct

from callsheet.databases.model import Database, InDatabase
from callsheet.databases.sqlite_lock import exclusive
from callsheet.deploying.destinations import refuse_strange_hosts
from callsheet.documents.links import SQLITE_SIBLINGS, refuse_links
from callsheet.errors import CallsheetError
from callsheet.language.environment import Environment
from callsheet.language.plugins import plugins
from callsheet.ledger import Ledger
from callsheet.outbound.hosts import AllowedHosts
from callsheet.targets import ExpectingTarget, RecallingTarget, Target

NO_OTHER = AllowedHosts()


class Stores(Struct, frozen=True):
    """A target and its ledger.

    Attributes:
        shared: the database that contains both, so that a step and its record are one transaction; None
            where they are apart.

    """

    target: Target
    ledger: Ledger
    shared: Database | None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one state of target and ledger, where they are one; else each as it is when it is read."""
        with self.shared.snapshot() if self.shared is not None else nullcontext():
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything that is done inside, in target and ledger, or nothing, where they are one."""
        with self.shared.transaction() if self.shared is not None else nullcontext():
            yield


@contextmanager
def opened(
    environment: Environment,
    root: Path,
    *,
    writing: bool,
    allowed: AllowedHosts = NO_OTHER,
    wanted: Mapping[str, str] | None = None,
) -> Iterator[Stores]:
    """Open the target and the ledger of an environment.

    For reading, nothing is created and nothing locked. For writing, the lock is held until the end.

    Args:
        environment: whose they are.
        root: the folder of the workspace.
        writing: is anything to be changed?
        allowed: the hosts to which a secret may go beside the service's own.
        wanted: what the workspace wants there, by address, as canonical JSON.

    Raises:
        CallsheetError: CS803 for an abstract environment, CS901 where another process is at work, CS961
            where a secret would go to a host that only the workspace names, and what is wrong with a
            database.

    """
    if environment.target is None or environment.ledger is None:
        raise CallsheetError(
            "CS803",
            f"the environment `{environment.name}` is abstract: it has no target",
            help="choose an environment that has one",
        )
    refuse_strange_hosts(environment, root, allowed)
    with _locked(environment.ledger, root, writing=writing):
        options = {**environment.target, "ledger": environment.ledger}
        if environment.collection is not None:
            options["definition"] = environment.collection.value["spec"]
        target = _open("callsheet.targets", options, root, writing=writing)
        try:
            if isinstance(target, ExpectingTarget):
                target.expect(wanted or {})
            ledger = _open("callsheet.ledgers", environment.ledger, root, writing=writing, beside=target)
        except BaseException:
            target.close()
            raise
        if isinstance(target, RecallingTarget):
            target.recall = ledger.written
        try:
            yield Stores(target, ledger, _shared(target, ledger))
        finally:
            ledger.close()
            target.close()


def _shared(target: Target, ledger: Ledger) -> Database | None:
    """Return the database of both; None for two connections, or where only one of the two is there."""
    if isinstance(target, InDatabase) and isinstance(ledger, InDatabase):
        return target.database if target.database is ledger.database else None
    return None


def _open(group: str, options: dict[str, Any], root: Path, **how: Any) -> Any:
    return plugins(group)[options["type"]].load()(options, root, **how)


@contextmanager
def _locked(options: dict[str, Any], root: Path, *, writing: bool) -> Iterator[None]:
    """Hold the lock beside a SQLite ledger; another kind of ledger locks itself."""
    if not writing or options["type"] != "sqlite":
        yield
        return
    refuse_links(root, options["path"], SQLITE_SIBLINGS)
    with exclusive(root / options["path"], options["path"]):
        yield
