"""What a workspace compiles to → the environment and the objects that a command names, or a refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.documents import decoded
from callsheet.errors import CallsheetError, InvalidWorkspaceError, UsageError
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.language.environment import Environment
from callsheet.language.kinds import deployed_kinds
from callsheet.words import nearest


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


def refuse_errors_in(compiled: Compiled, environments: Collection[Environment]) -> None:
    """Refuse environments that an error reaches, of whatever it is; raises InvalidWorkspaceError."""
    names = [one.name for one in environments]
    errors = [one for one in compiled.errors if any(map(one.reaches, names))]
    if errors or any(one.partition(":")[0] in names for one in compiled.incomplete):
        raise InvalidWorkspaceError(compiled, errors or None)


def environment_named(compiled: Compiled, name: str | None) -> Environment:
    """Return an environment by its name, or the only one; raises CS921."""
    concrete = {one.name: one for one in compiled.concrete}
    if name is None and len(concrete) == 1:
        return next(iter(concrete.values()))
    if name is not None and name in compiled.environments:
        return compiled.environments[name]
    known = ", ".join(sorted(concrete)) or "none"
    if name is None:
        raise UsageError("CS921", "which environment?", help=f"choose one with -e: {known}")
    error = UsageError(
        "CS921",
        f"there is no environment `{name}`{nearest(name, compiled.environments)}",
        help=f"the environments are: {known}",
    )
    # It may be there, in a document that cannot be read: what is wrong with it is shown.
    error.findings = [
        one for one in compiled.errors if not one.about or name in (where for _, where in one.about)
    ]
    raise error


def environments_named(compiled: Compiled, name: str | None) -> list[Environment]:
    """Return one environment by its name, or every one that has a target; raises CS921."""
    return compiled.concrete if name is None else [environment_named(compiled, name)]


def objects_in(compiled: Compiled, environment: str) -> Mapping[str, CompiledAction]:
    """Return what a valid workspace compiles to in an environment, by address.

    Raises:
        InvalidWorkspaceError: where the workspace has errors.

    """
    refuse_invalid(compiled)
    return compiled.by_environment.get(environment, {})


def actions_in(compiled: Compiled, environment: str) -> dict[str, Content]:
    """Return the compiled actions of an environment, by address, and nothing of another kind."""
    there = compiled.by_environment.get(environment, {})
    return {address: one.content for address, one in there.items() if one.kind == "Action"}


def contents_of(compiled: Compiled, environment: str, names: Sequence[str] | None = None) -> list[Content]:
    """Return compiled objects of an environment by their names; all of them for None.

    They are copies: whoever changes one changes nothing of what the workspace compiles to.

    Raises:
        InvalidWorkspaceError: where an error concerns one of them.
        CallsheetError: CS925 for a name that the environment does not have.

    """
    by_name = {one.name: one for one in compiled.by_environment.get(environment, {}).values()}
    for name in names or ():
        refuse_errors_of(compiled, (name,), environment)
        if name not in by_name and compiled.errors:
            # It may be the one that could not be read.
            raise InvalidWorkspaceError(compiled)
        if name not in by_name:
            raise CallsheetError(
                "CS925",
                f"there is no action `{name}` in {environment}{nearest(name, by_name)}",
                help=f"the actions are: {', '.join(sorted(by_name))}",
            )
    if names is None and compiled.errors:
        raise InvalidWorkspaceError(compiled)
    wanted = sorted(by_name) if names is None else names
    return [cast("Content", decoded(by_name[name].canonical)) for name in wanted]


def message_in(compiled: Compiled, environment: str, name: str) -> Content:
    """Return a compiled message of an environment.

    Raises:
        InvalidWorkspaceError: where an error concerns it there, or the action that delivers it.
        CallsheetError: CS925 where there is no such message.

    """
    refuse_errors_of(compiled, (name,), environment)
    there = compiled.by_environment.get(environment, {})
    found = there.get(str(Address("Message", name)))
    if found is None and compiled.errors:
        # It may be the one that could not be read.
        raise InvalidWorkspaceError(compiled)
    if found is None:
        known = [one.name for one in there.values() if one.kind == "Message"]
        raise CallsheetError(
            "CS925",
            f"there is no message `{name}` in {environment}{nearest(name, known)}",
            help=f"the messages are: {', '.join(known) or 'none'}",
        )
    return found.content


def without_kinds(names: Collection[str], definitions: Mapping[str, Definition]) -> tuple[str, ...]:
    """Return names as they are looked up: `Action/slack`, as plans write it, is `slack`.

    Args:
        names: or addresses.
        definitions: of the workspace, by name; what is not there may still be deployed.

    """
    return tuple(_without_kind(one, definitions) for one in names)


def _without_kind(text: str, definitions: Mapping[str, Definition]) -> str:
    at = Address.read(text)
    if at.kind not in deployed_kinds() or not at.name:
        return text
    defined = definitions.get(at.name)
    return at.name if defined is None or defined.kind == at.kind else text


def refuse_unknown_actions(names: Collection[str], known: Collection[str], where: str = "") -> None:
    """Refuse a name that no action has; raises CS925.

    Args:
        names: what was asked for.
        known: the names that there are.
        where: what to do, in place of the command that lists the actions.

    """
    for name in names:
        if name not in known:
            raise CallsheetError(
                "CS925",
                f"there is no action `{name}`{nearest(name, known)}",
                help=where or "run `callsheet list` to see the actions",
            )


def refuse_undefined_actions(compiled: Compiled, names: Collection[str]) -> None:
    """Refuse a name that no action of the workspace has.

    Raises:
        InvalidWorkspaceError: where the workspace has errors: it may be the one that could not be read.
        CallsheetError: CS925.

    """
    if compiled.errors and any(name not in compiled.actions for name in names):
        raise InvalidWorkspaceError(compiled)
    refuse_unknown_actions(names, compiled.actions)
