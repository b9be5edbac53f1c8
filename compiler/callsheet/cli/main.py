"""The entry point: finds the verb, runs it, and turns whatever happens into words and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module

import click

from callsheet._version import __version__
from callsheet.bulk import collect_seldom
from callsheet.errors import CallsheetError, UsageError

VERBS = {
    "init": "Create a workspace to start from.",
    "new": "Create an action from a sample.",
    "import": "Create an action from a curl command, a HAR file or a collection.",
    "fmt": "Format files: sort keys, keep comments.",
    "schema": "Print the JSON Schema of a kind or of an output.",
    "explain": "Explain a code, with examples.",
    "validate": "Check every document and what it compiles to.",
    "watch": "Validate after every change of a file.",
    "render": "Show compiled actions, or the requests that would be sent.",
    "test": "Run the test cases of the actions.",
    "preview": "Write a page that shows a message as its receiver sees it.",
    "send": "Send an action or a message.",
    "emulate": "Emulate the services that the workspace calls.",
    "relay": "Make calls that a journey cannot make.",
    "diff": "Compare the workspace with what is deployed, or with a git revision.",
    "plan": "Show what apply would do, and why.",
    "apply": "Do what a plan says, exactly or not at all.",
    "confirm": "Record that steps were done by hand, in Journey Optimizer.",
    "approve": "Sign a plan.",
    "drift": "Show what was changed at the target, other than by callsheet.",
    "journey": "Show what a journey needs of each action.",
    "journeys": "Check the journeys that use the actions.",
    "metrics": "Show how the calls of the actions went.",
    "certificate": "Show Adobe's client certificates, and when they change.",
    "usage": "Show which journeys use which actions, and how sure that is.",
    "promote": "Show what a package copies between two sandboxes.",
    "rollback": "Plan to restore what an earlier apply deployed.",
    "adopt": "Write the file of a deployed object, to manage it.",
    "extract": "Say once what several actions have in common.",
    "forget": "Plan to stop managing a deployed object.",
    "list": "List the actions.",
    "catalog": "Write a static site of everything that is defined.",
    "show": "Show one action, as compiled or as deployed.",
    "history": "Show what was applied, by whom, from which commit.",
    "admin": "Create or migrate a PostgreSQL schema, with its roles.",
    "ledger": "Copy a ledger to another database.",
    "completion": "Print the completion script of a shell.",
}


class Verbs(click.Group):
    """Loads a verb's module when it is asked for: `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order of work."""
        del ctx
        return list(VERBS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; name the one that is near where there is none."""
        from difflib import get_close_matches

        near = get_close_matches(args[0], VERBS, n=1) if args and args[0] not in VERBS else []
        if near:
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{near[0]}'?", ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        # `import` is a word of Python's own.
        module = "import_" if cmd_name == "import" else cmd_name
        command: click.Command = import_module(f"callsheet.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with one line each, without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callsheet")
@click.option("-C", "--workspace", metavar="DIR", help="The workspace; can also follow the command.")
@click.pass_context
def callsheet(context: click.Context, workspace: str | None) -> None:
    """Manage the actions of customer-journey tools as reviewed files."""
    context.obj = workspace


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; never returns, never shows a traceback.

    Exit codes: 0 fine; 1 the thing asked for failed or is invalid; 2 wrong usage.
    """
    collect_seldom()
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        # A terminal without UTF-8 shows an escape where it lacks a character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
        code = code or 1
    except OSError as error:
        code = _output_lost(error)
    sys.exit(code)


def run(arguments: list[str] | None) -> int:
    """Run the command line; return the exit code."""
    try:
        result = callsheet.main(arguments, prog_name="callsheet", standalone_mode=False)
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Aborted: nothing more was done.", err=True)
        return 1
    except UsageError as error:
        show_error(error)
        return 2
    except CallsheetError as error:
        show_error(error)
        return 1
    except BrokenPipeError:
        _close_stdout()
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
            return _internal_error(error)
        return _output_lost(error)
    except Exception as error:
        return _internal_error(error)
    return result if isinstance(result, int) else 0


def show_error(error: CallsheetError) -> None:
    """Write an error to stderr: what is wrong, its details, what to do."""
    from callsheet.cli.common import show_findings, style_of
    from callsheet.reporting.terminal import paint, safe

    style = style_of(sys.stderr)
    show_findings(error.findings)
    click.echo(f"{paint(f'error {error.code}', 'red', style)}: {safe(error.message)}", err=True)
    for detail in error.details:
        click.echo(f"  {safe(detail)}", err=True)
    click.echo(f"help: {safe(error.help)}", err=True)


def _internal_error(error: Exception) -> int:
    """Return where it happened, in one line without the error's own text, which could contain a secret."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"
    if os.environ.get("CALLSHEET_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    click.echo(
        f"error CS999: internal error ({type(error).__name__} at {where}, callsheet {__version__})\n"
        "help: this is a bug in callsheet; please report it with this line"
        " (see .github/SECURITY.md if secrets may be affected)",
        err=True,
    )
    return 1


_OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF, errno.EFBIG)
"""What writing to a terminal, a file or a device fails with, beside a reader that is gone."""


def _open_what_is_closed() -> None:
    """Give a command that was started with a closed output one that takes everything."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _output_lost(error: OSError) -> int:
    """Say that the output could not be written; what the command did stays done."""
    _close_stdout()
    reason = (error.strerror or "unknown reason").lower()
    click.echo(
        f"error CS928: the output cannot be written: {reason}\n"
        "help: what the command has done stays done; write the output to another place",
        err=True,
    )
    return 1


def _close_stdout() -> None:
    """Close the output after its reader has gone, so that Python's last flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
