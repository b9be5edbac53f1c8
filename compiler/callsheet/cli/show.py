"""`callsheet show`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_actions,
    environment_option,
)
from callsheet.errors import CallsheetError


@click.command("show")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@allow_host_option
@common_options
@click.option(
    "--deployed", is_flag=True, help="Show it as it is deployed, not as the workspace defines it."
)
def command(name: str, env: str | None, deployed: bool, *, options: Options) -> None:
    """Show one action or message in every environment, or in the one that -e names."""
    from callsheet.api import refuse_errors_of
    from callsheet.language.masking import masked
    from callsheet.language.schema_check import nearest
    from callsheet.planning.changes import content_of
    from callsheet.results import Shown, ShowResult

    opened = options.open()
    compiled = opened.compile()
    defined = compiled.definitions.get(name)
    # What is deployed may be gone from the workspace.
    addresses = [defined.address] if defined else [f"Action/{name}", f"Message/{name}"]
    found: dict[str, Shown] = {}
    for environment in [opened.environment(env)] if env else compiled.concrete:
        if deployed:
            deployed_there = opened.deployed(environment.name)
            there = next((deployed_there[one] for one in addresses if one in deployed_there), None)
            if there is not None:
                found[environment.name] = Shown(
                    digest=there.digest,
                    action=masked(content_of(there)),
                    revision=there.revision,
                    applied_by=there.applied_by,
                    applied_at=there.applied_at,
                )
            continue
        refuse_errors_of(compiled, (name,), environment.name)
        compiled_there = compiled.by_environment.get(environment.name, {})
        one = next((compiled_there[it] for it in addresses if it in compiled_there), None)
        if one is not None:
            found[environment.name] = Shown(digest=one.digest, action=one.content)
    if not found:
        where = "deployed" if deployed else "in the workspace"
        raise CallsheetError(
            "CS925",
            f"there is no action `{name}` {where}{nearest(name, compiled.definitions)}",
            help="`callsheet list` shows the actions, `callsheet validate` why one does not compile",
        )
    options.emit(ShowResult(name=name, environments=found))
