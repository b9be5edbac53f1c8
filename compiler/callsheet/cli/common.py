"""What the verbs share: their options, the workspace they name, and where the result goes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from callsheet.api import InvalidWorkspaceError, Workspace
    from callsheet.reporting import Style


@dataclass(frozen=True, slots=True)
class Options:
    """What every verb is given: which workspace, and where the result goes."""

    workspace: str | None = None
    no_cache: bool = False
    output: str = "text"
    out: str | None = None
    quiet: bool = False

    def open(self) -> Workspace:
        """Open the workspace that -C names, or the one that is near."""
        from callsheet.api import Workspace

        near = "actions" if Path("actions").is_dir() else "."
        return Workspace(self.workspace or near, cache=not self.no_cache)

    def emit(self, result: Any) -> None:
        """Write a result in the asked format, to stdout or to a file."""
        from callsheet.language.schema_check import nearest
        from callsheet.reporting import report, report_names

        if self.output not in report_names():
            raise click.UsageError(
                f"there is no output format {self.output!r}{nearest(self.output, report_names())};"
                f" the formats are: {', '.join(report_names())}"
            )
        text = report(self.output).write(result, style_of(sys.stdout, plain=self.out is not None))
        if self.out is not None:
            write_file(self.out, text)
        elif not self.quiet or self.output != "text":
            sys.stdout.write(text)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -o, --out and -q, and give them to the verb as `options`."""

    @wraps(command)
    def run(*arguments: Any, **values: Any) -> Any:
        own = {name: values.pop(name) for name in Options.__dataclass_fields__ if name in values}
        return command(*arguments, options=Options(**own), **values)

    for add in (
        click.option("-q", "--quiet", is_flag=True, help="Write nothing but errors."),
        click.option("--out", metavar="FILE", help="Write the result to a file."),
        click.option(
            "-o", "--output", default="text", metavar="FORMAT", help="text or json.", show_default=True
        ),
    ):
        add(run)
    return run


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add -C, --no-cache and -v to those of `output_options`."""
    run = output_options(command)
    for add in (
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=_be_verbose,
            help="Say on stderr what was read, and how long it took.",
        ),
        click.option("--no-cache", is_flag=True, help="Compile everything anew."),
        click.option(
            "-C",
            "--workspace",
            metavar="DIR",
            help="The workspace; default: actions/ below this folder, or the folder itself.",
        ),
    ):
        add(run)
    return run


environment_option = click.option(
    "-e", "--env", metavar="ENV", help="The environment; may be left out where there is only one."
)
accept_option = click.option(
    "--accept",
    multiple=True,
    metavar="REASON",
    help="Accept a guard, an impact class or a reason code; may be given several times.",
)
detailed_exitcode = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit 0 for no change, 1 for failure, 2 for changes."
)


def _be_verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del context, parameter
    if value:
        import logging

        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("callsheet: %(message)s"))
        logger = logging.getLogger("callsheet")
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)


def style_of(stream: IO[str], *, plain: bool = False) -> Style:
    """Give the width and the colours of a stream (NO_COLOR, see no-color.org)."""
    from callsheet.reporting.model import Style

    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() and int(columns) > 0 else 0
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        colour = True
    return Style(width=width or shutil.get_terminal_size((80, 24)).columns, colour=colour and not plain)


def write_file(path: str, text: str) -> None:
    """Write a file whole or not at all: it takes its name only when it is complete."""
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CallsheetError(
            "CS928",
            f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a file in a folder that exists and can be written",
        ) from None


def show_invalid(invalid: InvalidWorkspaceError) -> None:
    """Write the errors of a workspace to stderr."""
    from callsheet.reporting.text_findings import diagnostic_lines

    style = style_of(sys.stderr)
    for one in invalid.compiled.errors:
        click.echo("\n".join(diagnostic_lines(one, style)) + "\n", err=True)


def refusing_invalid(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show the diagnostics of an invalid workspace before its error ends the command."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except CallsheetError as error:
            if error.code == "CS924" and hasattr(error, "compiled"):
                show_invalid(error)  # type: ignore[arg-type]
            raise

    return run
