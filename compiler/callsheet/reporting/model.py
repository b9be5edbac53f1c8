"""A report writes results: one function for each type of result, by the name of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.errors import ArgumentError, UsageError


@dataclass(frozen=True, slots=True)
class Style:
    """How wide and how colourful a report may be, and where it is read.

    Attributes:
        width: columns of the terminal.
        prefix: what leads from the repository to the workspace, as `actions/`.
        link: where the whole of a report is kept (a CI run, an artifact); https or http.
        most_findings: so many findings of one code are written as text where there are many; None for all.

    """

    width: int = 80
    colour: bool = False
    prefix: str = ""
    link: str | None = None
    most_findings: int | None = 5


@dataclass(frozen=True, slots=True)
class Report:
    """One output format: what it is called, and how it writes each type of result."""

    name: str
    writers: Mapping[type, Callable[[Any, Style], str]]

    def write(self, result: Any, style: Style) -> str:
        """Return the text of a result, with a line end after it where it is not empty.

        Raises:
            UsageError: CS921 where the format has no form for such a result.

        """
        self.refuse(result)
        text = self.writers[type(result)](result, style)
        return text if not text or text.endswith("\n") else text + "\n"

    def refuse(self, result: Any) -> None:
        """Refuse a result for which this format has no form; raises CS921."""
        if type(result) not in self.writers:
            raise UsageError(
                "CS921",
                f"the format {self.name} cannot show the result of this command",
                help="-o text and -o json can show every result",
            )


def report(name: str) -> Report:
    """Return the report of a format, as `text`; other packages add formats by entry point.

    Raises:
        ArgumentError: where there is no such format.

    """
    from callsheet.language.plugins import plugins
    from callsheet.words import nearest

    known = plugins("callsheet.reports")
    if name not in known:
        raise ArgumentError(
            f"there is no output format {name!r}{nearest(name, known)};"
            f" the formats are: {', '.join(report_names())}"
        )
    found: Report = known[name].load()
    return found


def report_names() -> list[str]:
    """List the formats, sorted."""
    from callsheet.language.plugins import plugins

    return sorted(plugins("callsheet.reports"))
