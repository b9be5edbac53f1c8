"""The command line: one module per verb, holding arguments, one call and the exit code."""

from callsheet.cli.main import main

__all__ = ["main"]
