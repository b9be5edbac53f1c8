"""What the verbs share: their options, the workspace they name, and where the result goes."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from callsheet.cli.progress import shown
from callsheet.errors import ArgumentError
from callsheet.standalone import prefix_of, run_url, write_file
from callsheet.watching import Watching, unwatched

if TYPE_CHECKING:
    from callsheet.reporting import Style
    from callsheet.results import Adoption, Diagnostic, Extraction
    from callsheet.workspace import Workspace


class Options(Struct, frozen=True):
    """What every verb is given: which workspace, and where the result goes."""

    workspace: str | None = None
    no_cache: bool = False
    output: str = "text"
    out: str | None = None
    quiet: bool = False
    allow_host: tuple[str, ...] = ()
    jobs: int | None = None
    dask: str | None = None
    require_contracts: bool = False

    @property
    def folder(self) -> str:
        """The workspace that -C names, or the one that is near."""
        return self.workspace or near_workspace(Path.cwd())

    def open(self) -> Workspace:
        """Open the workspace that -C names, or the one that is near."""
        from callsheet.workspace import Workspace

        if self.workspace is None and not self.quiet:
            _say_which(self.folder)
        return Workspace(
            self.folder,
            cache=not self.no_cache,
            allow_hosts=self.allow_host,
            jobs=self.jobs,
            dask=self.dask,
            watching=self.watching,
            require_contracts=self.require_contracts,
        )

    @property
    def watching(self) -> Watching:
        """What shows how far long work is: nothing with -q."""
        return unwatched if self.quiet else shown

    def emit(self, result: Any) -> None:
        """Write a result in the asked format, to stdout or to a file."""
        from callsheet.reporting import report

        chosen = report(self.output)
        if self.quiet and self.output == "text" and self.out is None:
            return
        style = style_of(sys.stdout, plain=self.out is not None)
        if self.output not in ("text", "json"):
            style = replace(
                style,
                prefix=prefix_of(Path(self.folder)),
                link=run_url(os.environ),
                catalog=_catalog_url(),
            )
        text = chosen.write(result, style)
        if self.output == "github":
            _summarise(result, style)
        if self.out is not None:
            write_file(self.out, text)
        else:
            sys.stdout.write(text)

    def write_files(self, opened: Workspace, found: Adoption | Extraction, *, dry_run: bool) -> None:
        """Write the files of a result, unless it is only to be shown, and then the result itself."""
        from callsheet.reporting import report

        report(self.output).refuse(found)
        if not dry_run:
            opened.write(found)
        replace(self, out=None).emit(replace(found, written=not dry_run))


def _catalog_url() -> str | None:
    """Return where the catalog is, to which reports lead; what is no address is said, and not repeated."""
    from callsheet.reporting.web_base import web_base

    name = "CALLSHEET_CATALOG_URL"
    written = os.environ.get(name)
    if not written:
        return None
    try:
        return web_base(written, name)
    except ArgumentError as error:
        click.echo(f"callsheet: {error.message}; the report has no links to the catalog", err=True)
        return None


def _say_which(folder: str) -> None:
    """Say which workspace is taken, where it is not the only one that might be meant."""
    if folder.startswith(".."):
        click.echo(f"callsheet: the workspace is {folder}, by its {MARK}", err=True)
    elif folder == "actions" and Path(MARK).is_file():
        click.echo(
            f"callsheet: the workspace is actions, by its {MARK}; `-C .` takes this folder", err=True
        )


MARK = "callsheet.yaml"
"""The file by which a command in a subfolder finds its workspace."""


def near_workspace(folder: Path) -> str:
    """Return the path from a folder to the workspace that is near.

    That is the folder itself where it has a `callsheet.yaml`, and no `actions` with one of its own; else
    `actions` below it, the first folder above it that has a `callsheet.yaml`, or the folder itself.
    Nothing outside of the repository is looked at, and nothing above where anybody may write, as in `/tmp`.
    """
    marked = (folder / MARK).is_file()
    if (folder / "actions").is_dir() and not (marked and not (folder / "actions" / MARK).is_file()):
        return "actions"
    for steps, one in enumerate((folder, *folder.parents)):
        if steps and one.stat().st_mode & stat.S_IWOTH:
            break
        if (one / MARK).is_file():
            return "/".join([".."] * steps) or "."
        if (one / ".git").exists():
            break
    return "."


@contextmanager
def wrong_arguments() -> Iterator[None]:
    """Show how a command is used where an argument of it is wrong."""
    try:
        yield
    except ArgumentError as error:
        raise click.UsageError(error.message) from None


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -o, --out and -q, and pass them to the verb as `options`."""

    @wraps(command)
    def run(*arguments: Any, **values: Any) -> Any:
        own = {name: values.pop(name) for name in Options.__struct_fields__ if name in values}
        if own.get("workspace") is None:
            # `callsheet -C DIR VERB`: the name was given before the verb.
            own["workspace"] = click.get_current_context().find_root().obj
        with wrong_arguments():
            return command(*arguments, options=Options(**own), **values)

    for add in (
        click.option("-q", "--quiet", is_flag=True, help="Print only errors."),
        click.option("--out", metavar="FILE", help="Write the result to a file."),
        click.option(
            "-o",
            "--output",
            default="text",
            metavar="FORMAT",
            help="text, json, markdown, html, sarif, junit, github or gitlab.",
            show_default=True,
        ),
    ):
        add(run)
    return run


def writes(*formats: str) -> Callable[[click.Command], click.Command]:
    """Name the formats that a command writes, where it does not write all of them."""

    def named(command: click.Command) -> click.Command:
        for one in command.params:
            if isinstance(one, click.Option) and one.name == "output":
                one.help = f"{', '.join(formats[:-1])} or {formats[-1]}."
        return command

    return named


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -C, --no-cache, --jobs and -v to those of `output_options`."""
    run = output_options(command)
    for add in (
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=_be_verbose,
            help="Print on stderr what was read and how long it took.",
        ),
        click.option(
            "--jobs",
            type=int,
            metavar="N",
            help="Compile in at most N processes; default: one for each processor.",
        ),
        click.option(
            "--no-cache",
            is_flag=True,
            envvar="CALLSHEET_NO_CACHE",
            help="Compile everything again, without the cache; so does CALLSHEET_NO_CACHE=1.",
        ),
        click.option(
            "-C",
            "--workspace",
            metavar="DIR",
            help="The workspace; default: this folder by its callsheet.yaml, actions/ below it, or the one"
            " above it with a callsheet.yaml.",
        ),
    ):
        add(run)
    return run


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `common_options`; -o, --out and -q are taken and not offered: a server has no result."""
    run = common_options(command)
    for one in getattr(run, "__click_params__", ()):
        if one.name in ("output", "out", "quiet"):
            one.hidden = True
    return run


def _one(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> str | None:
    """Return the one that is named: of several, click would take the last one without a word."""
    del context
    if len(value) > 1:
        message = f"{' and '.join(value)} are named, and this verb takes one environment"
        raise click.BadParameter(message, param=parameter)
    return value[0] if value else None


environment_option = click.option(
    "-e",
    "--env",
    metavar="ENV",
    multiple=True,
    callback=_one,
    help="The environment; optional if there is only one.",
    shell_complete=lambda *asked: _complete("environments", *asked),
)


def _accepted(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    del context, parameter
    if "protect" in value:
        click.echo(
            "note: --accept protect has no effect: remove `protect` in a change of its own,"
            " apply it, and then delete",
            err=True,
        )
    return value


accept_option = click.option(
    "--accept",
    multiple=True,
    metavar="REASON",
    callback=_accepted,
    help="Accept a guard, an impact class or a reason code; can be repeated.",
)
why_option = click.option("--why", metavar="TEXT", help="The reason for accepting; recorded in the ledger.")
_SELECT = click.option(
    "--select",
    multiple=True,
    metavar="WORD",
    help="Only these: a name, a pattern, label:k=v, kind:, owner:, path:folder/, changed:REV, connection:,"
    " set: or fragment:; can be repeated.",
)
_EXCLUDE = click.option(
    "--exclude", multiple=True, metavar="WORD", help="Leave these out, as --select names them."
)


def select_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --select and --exclude."""
    return _SELECT(_EXCLUDE(command))


dask_option = click.option(
    "--dask",
    metavar="ADDRESS",
    help="Compile by the workers of this Dask scheduler, or by `local:N`, N workers that are started here.",
)
allow_host_option = click.option(
    "--allow-host",
    multiple=True,
    metavar="HOST",
    help="Allow secrets to be sent to HOST (or HOST:PORT) besides the service's own host; can be"
    " repeated, and adds to CALLSHEET_ALLOW_HOSTS.",
)
require_clean_option = click.option(
    "--require-clean", is_flag=True, help="Refuse files that differ from the commit."
)
fail_on_option = click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(["breaking", "sensitive"]),
    help="Exit with 1 for a change of this impact that --accept does not name; can be repeated.",
)
fail_on_guard_option = click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(["breaking", "sensitive", "guard"]),
    help="Exit with 1 for a change of this impact that --accept does not name, or for a guard that"
    " would refuse the plan when it is applied; can be repeated.",
)
detailed_exitcode = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit with 0 for no change, 1 for failure, 2 for changes."
)


def complete_actions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Return the actions of the workspace that begin so, for the completion of a shell."""
    return _complete("definitions", context, parameter, incomplete)


def complete_environments(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Return the environments of the workspace that begin so, for the completion of a shell."""
    return _complete("environments", context, parameter, incomplete)


def _complete(what: str, context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Read the workspace; a completion that fails offers nothing, and says nothing."""
    from click.shell_completion import CompletionItem

    del parameter
    try:
        named = context.params.get("workspace") or context.find_root().params.get("workspace")
        compiled = Options(workspace=named, quiet=True).open().compile()
    except Exception:
        return []
    return [CompletionItem(one) for one in sorted(getattr(compiled, what)) if one.startswith(incomplete)]


_VERBOSE = ContextVar("verbose", default=False)
"""Whether everything is shown; also where an error is, after its command has ended."""


def _be_verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del context, parameter
    before = _VERBOSE.get()
    _VERBOSE.set(value)
    if not (value or before):
        return
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("callsheet: %(message)s"))
    logger = logging.getLogger("callsheet")
    # A command may run after another in one process.
    logger.handlers[:] = [handler] if value else []
    logger.setLevel(logging.INFO if value else logging.NOTSET)


def style_of(stream: IO[str], *, plain: bool = False) -> Style:
    """Return the width and the colours of a stream (NO_COLOR, see no-color.org)."""
    from callsheet.reporting.model import Style

    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if re.fullmatch("[1-9][0-9]{0,3}", columns) else 0
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        colour = True
    style = Style(width=width or shutil.get_terminal_size((80, 24)).columns, colour=colour and not plain)
    return replace(style, most_findings=None) if _VERBOSE.get() else style


def _summarise(result: Any, style: Style) -> None:
    """Add the result to the summary of the GitHub job, where there is one."""
    from callsheet.reporting import report

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(report("markdown").write(result, style))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        click.echo(f"callsheet: the job summary cannot be written: {reason}", err=True)


def show_findings(findings: Sequence[Diagnostic]) -> None:
    """Write findings to stderr."""
    from callsheet.reporting.text_findings import finding_blocks

    for lines in finding_blocks(findings, style_of(sys.stderr)):
        click.echo("\n".join(lines) + "\n", err=True)
