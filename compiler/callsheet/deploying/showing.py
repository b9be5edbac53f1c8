"""One object of an environment → as the workspace has it, or as the target does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.compiling.selecting import refuse_errors_of
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.planning.sides import content_of
from callsheet.targets import Deployed
from callsheet.words import nearest


class Shown(Struct, frozen=True, kw_only=True):
    """One object in one environment, desired or deployed."""

    digest: str | None
    action: Mapping[str, Any] | None
    revision: int | None = None
    applied_by: str | None = None
    applied_at: str | None = None


def shown_as_compiled(compiled: Compiled, name: str, environment: str) -> Shown | None:
    """Return an object as the workspace compiles it for an environment; None where it does not.

    Raises:
        InvalidWorkspaceError: where an error concerns it there.

    """
    refuse_errors_of(compiled, (name,), environment)
    there = compiled.by_environment.get(environment, {})
    found = next((there[one] for one in _addresses(compiled, name) if one in there), None)
    return None if found is None else Shown(digest=found.digest, action=found.content)


def shown_as_deployed(deployed: Mapping[str, Deployed], name: str, compiled: Compiled) -> Shown | None:
    """Return an object as it is deployed, also where it is gone from the workspace; None without one."""
    found = next((deployed[one] for one in _addresses(compiled, name) if one in deployed), None)
    if found is None:
        return None
    return Shown(
        digest=found.digest,
        action=masked(content_of(found)),
        revision=found.revision,
        applied_by=found.applied_by,
        applied_at=found.applied_at,
    )


def not_shown(compiled: Compiled, name: str, *, deployed: bool) -> CallsheetError:
    """Return the error for an object that is in no environment: CS925."""
    where = "deployed" if deployed else "in the workspace"
    return CallsheetError(
        "CS925",
        f"there is no action `{name}` {where}{nearest(name, compiled.definitions)}",
        help="run `callsheet list` to see the actions, `callsheet validate` to see what does not compile",
    )


def unowned(deployed: Mapping[str, Deployed], name: str, environment: str) -> tuple[Mapping[str, Any], str]:
    """Return what is deployed under a name, and its digest.

    Raises:
        CallsheetError: CS925 where nothing of that name is deployed.

    """
    found = {Address.read(one.address).name: one for one in deployed.values()}
    one = next((it for it in deployed.values() if it.address == name), found.get(name))
    if one is None:
        raise CallsheetError(
            "CS925",
            f"nothing of the name `{name}` is deployed in {environment}{nearest(name, found)}",
            help="`callsheet drift` lists what is deployed and not owned",
        )
    return content_of(one), one.digest


def refuse_defined(compiled: Compiled, name: str) -> None:
    """Refuse to adopt what the workspace has already; raises CS929."""
    if name in compiled.definitions:
        raise CallsheetError(
            "CS929",
            f"the workspace has `{name}` already",
            help="`callsheet plan` shows how they differ",
        )


def _addresses(compiled: Compiled, name: str) -> Sequence[str]:
    defined = compiled.definitions.get(name)
    # What is deployed may be gone from the workspace.
    return [defined.address] if defined else [str(Address(kind, name)) for kind in deployed_kinds()]
