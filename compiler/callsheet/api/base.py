"""A workspace: what its files compile to, and what its targets answer."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

from callsheet.compiling import Compiled, CompiledAction, compile_workspace
from callsheet.compiling.addresses import check_addresses
from callsheet.deploying import Stores, opened
from callsheet.documents import FolderSource, Problem, RevisionSource, Source
from callsheet.documents.revisions import resolve_revision
from callsheet.errors import CallsheetError, UsageError
from callsheet.language import Diagnostic, Environment
from callsheet.language.diagnostics import diagnose
from callsheet.language.schema_check import nearest
from callsheet.ledger import ApplyRecord
from callsheet.outbound.hosts import VARIABLE, AllowedHosts, allowed_hosts
from callsheet.targets import Deployed

_LOG = logging.getLogger("callsheet")


class InvalidWorkspaceError(CallsheetError):
    """The workspace has errors.

    Attributes:
        compiled: what the workspace compiles to; `diagnostics` contains every finding.
        findings: the errors for which nothing was done.

    """

    def __init__(self, compiled: Compiled, errors: Sequence[Diagnostic] | None = None) -> None:
        self.compiled = compiled
        self.findings: list[Diagnostic] = compiled.errors if errors is None else list(errors)
        number = len(self.findings)
        super().__init__(
            "CS924",
            f"the workspace has {number} error{'' if number == 1 else 's'}: nothing was done",
            help="`callsheet validate` shows them",
        )


class Base:
    """A folder of action definitions: what every part of the API starts from.

    Args:
        path: the folder.
        cache: keep and use what an earlier run compiled, under `.callsheet/cache`.
        allow_hosts: hosts to which a secret may go beside the service's own, as those that the environment
            variable CALLSHEET_ALLOW_HOSTS names.

    Raises:
        CallsheetError: CS927 where there is no such folder.

    """

    def __init__(
        self, path: str | os.PathLike[str], *, cache: bool = False, allow_hosts: Collection[str] = ()
    ) -> None:
        self.root = Path(path)
        self.allow_hosts = tuple(allow_hosts)
        self.cache = cache
        self._compiled: Compiled | None = None
        self._revisions: dict[str, Compiled] = {}
        if not self.root.is_dir():
            raise CallsheetError(
                "CS927",
                f"there is no folder {str(path)!r}",
                help="name the workspace with -C, or run `callsheet init` to write one",
            )

    def compile(self) -> Compiled:
        """Compile the workspace as it is on disk, once; its diagnostics tell what is wrong."""
        if self._compiled is None:
            begin = time.monotonic()
            self._compiled = found = self._compiled_from(FolderSource(self.root))
            _LOG.info(
                "compiled %d files (%d anew, %d from the cache) for %d environments in %.2f s",
                found.files,
                found.computed,
                found.files - found.computed,
                len(found.concrete),
                time.monotonic() - begin,
            )
        return self._compiled

    def compile_revision(self, revision: str) -> Compiled:
        """Compile the workspace as a git revision holds it, once; raises CS922 and CS923."""
        commit = resolve_revision(self.root, revision)
        if commit not in self._revisions:
            self._revisions[commit] = self._compiled_from(RevisionSource(self.root, commit))
        return self._revisions[commit]

    def _compiled_from(self, source: Source) -> Compiled:
        return compile_workspace(source, cache=self._cache_folder(), today=_today(), check=self._contracts)

    def environment(self, name: str | None) -> Environment:
        """Return an environment by its name, or the only one; raises CS921."""
        compiled = self.compile()
        concrete = {one.name: one for one in compiled.concrete}
        if name is None and len(concrete) == 1:
            return next(iter(concrete.values()))
        if name is not None and name in compiled.environments:
            return compiled.environments[name]
        known = ", ".join(sorted(concrete)) or "none"
        if name is None:
            raise UsageError("CS921", "which environment?", help=f"choose one with -e: {known}")
        raise UsageError(
            "CS921",
            f"there is no environment `{name}`{nearest(name, compiled.environments)}",
            help=f"the environments are: {known}",
        )

    def deployed(self, environment: str | None = None) -> dict[str, Deployed]:
        """Return what the target of an environment answers now, by address."""
        with self._opened(self.environment(environment), writing=False) as stores:
            return stores.target.read()

    def deployed_at(self, moment: datetime, environment: str | None = None) -> tuple[int, dict[str, str]]:
        """Return the apply that was the last one at a moment, and what it had left: digests, by address.

        Raises:
            CallsheetError: CS925 where nothing was applied by then.

        """
        chosen = self.environment(environment)
        with self._opened(chosen, writing=False) as stores:
            done = [
                one.serial
                for one in stores.ledger.history()
                if one.finished_at is not None and datetime.fromisoformat(one.finished_at) <= moment
            ]
            if not done:
                raise CallsheetError(
                    "CS925",
                    f"nothing was applied in {chosen.name} by then",
                    help="`callsheet history` shows when",
                )
            there, _ = stores.ledger.applied_at(max(done))
        return max(done), {address: one.digest for address, one in sorted(there.items())}

    def history(self, environment: str | None = None) -> tuple[str | None, list[ApplyRecord]]:
        """Return the ledger's lineage, and every apply, newest first."""
        with self._opened(self.environment(environment), writing=False) as stores:
            return stores.ledger.position().lineage, stores.ledger.history()

    @property
    def allowed(self) -> AllowedHosts:
        """The hosts to which a secret may go beside a service's own; raises CS980 for what is not one."""
        return allowed_hosts((*self.allow_hosts, os.environ.get(VARIABLE, "")))

    def _opened(self, environment: Environment, *, writing: bool) -> AbstractContextManager[Stores]:
        """Open the target and the ledger of an environment: every call to a target begins here.

        Verbs that only read do so beside other errors of the workspace, and never by a wrong address.

        Raises:
            InvalidWorkspaceError: where the environment names a target or a ledger that is wrong.

        """
        wrong = [one for document in environment.chain for one in check_addresses(document)]
        if wrong:
            texts = {document.file: document.text for document in environment.chain}
            raise InvalidWorkspaceError(self.compile(), diagnose(wrong, texts))
        return opened(environment, self.root, writing=writing, allowed=self.allowed)

    def _valid(self, environment: str | None) -> Environment:
        refuse_invalid(self.compile())
        return self.environment(environment)

    def _compiled_of(self, environment: str) -> dict[str, CompiledAction]:
        compiled = self.compile()
        refuse_invalid(compiled)
        return compiled.by_environment.get(environment, {})

    def _contracts(self, compiled: Compiled, source: Source) -> Iterable[Problem]:
        """Check what names a contract; where nothing does, nothing is imported."""
        if not any(one.contract for one in compiled.actions.values()):
            return ()
        from callsheet.contracts import check_contracts

        return check_contracts(compiled, source, self._cache_folder())

    def _cache_folder(self) -> Path | None:
        return self.root / ".callsheet" / "cache" if self.cache else None


def _today() -> date:
    """Return the day by which exceptions of policies expire: the same for everybody, by UTC."""
    return datetime.now(UTC).date()


def refuse_invalid(compiled: Compiled) -> None:
    """Refuse a workspace with errors; raises InvalidWorkspaceError."""
    # What did not compile must never look as if it were not wanted: it would be deleted.
    if compiled.errors or compiled.incomplete:
        raise InvalidWorkspaceError(compiled)


def refuse_errors_of(compiled: Compiled, names: Collection[str], environment: str) -> None:
    """Refuse what an error concerns, wherever the error is written; raises InvalidWorkspaceError.

    The one gate before anything is sent, shown or exported of a definition in an environment.
    """
    errors = compiled.errors_of(names, environment)
    if errors:
        raise InvalidWorkspaceError(compiled, errors)
