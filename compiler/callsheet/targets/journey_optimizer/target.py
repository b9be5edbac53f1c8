"""Journey Optimizer: endpoints are configured by its API, custom actions are typed into its screen.

There is no API that creates or reads a custom action. What was confirmed (`callsheet confirm`) is kept in a
registry beside the ledger, and answers for the screen. With `api` in the target's options, the capping and
throttling configurations are read, created and deployed by Adobe's API; without, they are steps like the
others. The entry point of type `journey-optimizer`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from callsheet.databases.model import Database, InDatabase
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.language.plugins import plugins
from callsheet.language.steps import Step
from callsheet.outbound.secrets import resolve
from callsheet.targets.journey_optimizer.account import Account
from callsheet.targets.journey_optimizer.endpoints import KIND, EndpointConfigs
from callsheet.targets.journey_optimizer.evidence import EVIDENCE, keep, kept
from callsheet.targets.journey_optimizer.forms import is_channel
from callsheet.targets.journey_optimizer.journeys import read_journeys
from callsheet.targets.journey_optimizer.notes import Notes
from callsheet.targets.journey_optimizer.snapshot import Snapshot, read_snapshot
from callsheet.targets.model import Author, Deployed, Evidence, Target

TYPE = "journey-optimizer"


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> JourneyTarget:
    """Open a sandbox: the registry of what was confirmed, beside the ledger, and the API where it is given.

    Raises:
        CallsheetError: CS805 without a ledger of its own, CS606 for a secret that is not there, CS902 to
            CS948 by what is wrong with the ledger.

    """
    ledger = options.get("ledger") or {}
    if ledger.get("type") in (None, TYPE):
        raise CallsheetError(
            "CS805",
            "a target of type journey-optimizer cannot hold a ledger: the environment needs its own",
            help="write `ledger: {type: sqlite, path: .callsheet/NAME.db}`, or a PostgreSQL",
        )
    inner = plugins("callsheet.targets")[ledger["type"]].load()(ledger, root, writing=writing)
    target = JourneyTarget(options, inner, root, writing=writing)
    if options.get("api"):
        try:
            account = Account(options, resolve)
            target.endpoints = EndpointConfigs(account, Notes(target.database, writing=writing))
        except BaseException:
            inner.close()
            raise
    return target


class JourneyTarget:
    """A sandbox of Journey Optimizer.

    Attributes:
        endpoints: what the API reaches; None where the target has no `api`.
        records: adopting and forgetting are steps of this target, too: it notes what is whose.
        notes: what to know of what was read, as that it is of a snapshot.
        unreached: why it is of a snapshot.

    """

    records = True

    def __init__(
        self, options: Mapping[str, Any], inner: Target, root: Path = Path(), *, writing: bool = True
    ) -> None:
        self.options = options
        self.root = root
        self.writing = writing
        self.notes: tuple[str, ...] = ()
        self.unreached: UnreachableError | None = None
        self.inner = inner
        self.endpoints: EndpointConfigs | None = None

    @property
    def database(self) -> Database | None:
        """The database of the registry, in which the notes are kept too."""
        return self.inner.database if isinstance(self.inner, InDatabase) else None

    def expect(self, wanted: Mapping[str, str]) -> None:
        """Take note of the configurations that the workspace wants: they have no names at Adobe."""
        if self.endpoints is not None:
            self.endpoints.expect(json.loads(one) for address, one in wanted.items() if _has_api(address))

    def identity(self) -> dict[str, Any]:
        """Return what distinguishes this sandbox from others, and whether its API is used."""
        named = {name: self.options[name] for name in ("organization", "sandbox") if name in self.options}
        api = {"api": True} if self.endpoints is not None else {}
        return {"type": TYPE, **named, **api, "confirmed": self.inner.identity()}

    def replaces(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """Return what of an active custom channel is locked and would change; nothing of another."""
        if not is_channel(self.options) or "request" not in before or "request" not in after:
            return []
        from callsheet.targets.journey_optimizer.channel.locked import locked_changes

        return locked_changes(before, after)

    def read(self) -> dict[str, Deployed]:
        """Return what was confirmed, and what the API answers, by address."""
        found = self.inner.read()
        if self.endpoints is not None:
            found = {address: one for address, one in found.items() if not _has_api(address)}
            found |= self._endpoints(self.endpoints)
        return found

    def _endpoints(self, endpoints: EndpointConfigs) -> dict[str, Deployed]:
        """Read the configurations; for a plan, a snapshot stands for an API that is not reached."""
        try:
            return endpoints.read()
        except UnreachableError as error:
            kept = None if self.writing else read_snapshot(self.root, self.options)
            if kept is None or kept.endpoints is None:
                raise
            endpoints.kept, self.unreached = kept.endpoints, error
            when = f"{kept.taken_at} ({self.options['usage']}); apply reads them again"
            self.notes = (
                f"Adobe's API was not reached ({error.message}): configurations are as of {when}",
            )
            return endpoints.read()

    def snapshot(self, now: str) -> Snapshot:
        """Read what a snapshot keeps: the journeys, and the configurations of endpoints.

        Raises:
            CallsheetError: CS845 without `api`, CS606, CS872, CS873, CS963 where it cannot be read.

        """
        return replace(self.journeys(now), endpoints=self._with_api().api.configs())

    def journeys(self, now: str) -> Snapshot:
        """Read the journeys; raises as `snapshot`."""
        named = {name: self.options[name] for name in ("organization", "sandbox") if name in self.options}
        return Snapshot(taken_at=now, sandbox=named, journeys=read_journeys(self._with_api().account))

    @property
    def account(self) -> Account:
        """The account at Adobe; raises CS845 where the target has no `api`."""
        return self._with_api().account

    def _with_api(self) -> EndpointConfigs:
        if self.endpoints is None:
            raise CallsheetError(
                "CS845",
                "the target has no `api`: journeys cannot be read",
                help="configure an account at Adobe under `api`, or name a file of journeys with `usage`",
            )
        return self.endpoints

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do steps by the API; of others, all or none, note that they were done on the screen."""
        by_hand = [one for one in steps if self.endpoints is None or not _has_api(one.address)]
        self.inner.apply([one for one in by_hand if one.action not in ("adopt", "forget")], author)
        for one in steps:
            if self.endpoints is not None and _has_api(one.address):
                self.endpoints.apply(one, author)

    def prepare_evidence(self) -> None:
        """Make the table of answers; raises CS9xx where it cannot be made."""
        self._writable().prepare(EVIDENCE, writing=True)

    def keep_evidence(self, one: Evidence) -> None:
        """Keep the answer to the test request of a step, beside what was confirmed."""
        keep(self._writable(), one)

    def _writable(self) -> Database:
        if self.database is None:
            raise TypeError("a registry that is open for writing is in a database")
        return self.database

    def evidence(self) -> list[Evidence]:
        """Return what is kept, in the order in which it came."""
        return kept(self.database)

    def close(self) -> None:
        """Let go of the registry, and of the connections."""
        self.inner.close()
        if self.endpoints is not None:
            self.endpoints.account.close()


def _has_api(address: str) -> bool:
    return address.startswith(f"{KIND}/")
