"""A report writes results: one function for each type of result, by the name of its format."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from callsheet.errors import ArgumentError, UsageError


class Style(Struct, frozen=True):
    """How wide and how colourful a report may be, and where it is read.

    Attributes:
        width: columns of the terminal.
        prefix: what leads from the repository to the workspace, as `actions/`.
        link: where the whole of a report is kept (a CI run, an artifact); https or http.
        catalog: where the catalog of the workspace is published; https or http.
        most_findings: so many findings of one code are written as text where there are many; None for all.

    """

    width: int = 80
    colour: bool = False
    prefix: str = ""
    link: str | None = None
    catalog: str | None = None
    most_findings: int | None = 5


Writer = Callable[[Any, Style], str]


class WritersByName(Mapping[type, Writer]):
    """The functions of a report by the type of a result, imported when one is asked for.

    A command writes one result: what writes the others would be most of what it imports.

    Args:
        names: by the name of a type with its module, the function as `module:function`.

    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def __getitem__(self, kind: type) -> Writer:
        found: Writer = pkgutil.resolve_name(self._names[_name_of(kind)])
        return found

    def __contains__(self, kind: object) -> bool:
        return isinstance(kind, type) and _name_of(kind) in self._names

    def __iter__(self) -> Iterator[type]:
        for name in self._names:
            module, _, kind = name.rpartition(".")
            yield pkgutil.resolve_name(f"{module}:{kind}")

    def __len__(self) -> int:
        return len(self._names)


def _name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class Report(Struct, frozen=True):
    """One output format: what it is called, and how it writes each type of result."""

    name: str
    writers: Mapping[type, Writer]

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
