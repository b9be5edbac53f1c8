"""A report writes results: one function for each type of result, by the name of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Style:
    """How wide and how colourful a report may be."""

    width: int = 80
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One output format: what it is called, and how it writes each type of result."""

    name: str
    writers: Mapping[type, Callable[[Any, Style], str]]

    def write(self, result: Any, style: Style) -> str:
        """Give the text of a result, with a line end behind it where it is not empty."""
        text = self.writers[type(result)](result, style)
        return text if not text or text.endswith("\n") else text + "\n"


def report(name: str) -> Report:
    """Give the report of a format, as `text`; other packages add formats by entry point."""
    from callsheet.language.plugins import plugins

    found: Report = plugins("callsheet.reports")[name].load()
    return found


def report_names() -> list[str]:
    """List the formats, sorted."""
    from callsheet.language.plugins import plugins

    return sorted(plugins("callsheet.reports"))
