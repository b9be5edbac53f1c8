"""An entry → the parts of its page that are the same in every language, encoded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from callsheet.compiling.origins import FieldOrigin
from callsheet.deploying.cataloguing import Entry
from callsheet.documents import equal, pointer_of
from callsheet.language.masking import masked
from callsheet.markup import encoded_attribute, encoded_lines, write_part
from callsheet.reporting.catalog.forms import form_of
from callsheet.reporting.catalog.views import differing, indented
from callsheet.reporting.catalog.wording import compact

_FOLDER = "reporting/catalog"


def encoded_parts(
    entry: Entry, contents: Mapping[str, Mapping[str, Any]], link_base: str
) -> dict[str, Any]:
    """Return what it compiles to, its answers, what differs, the form, and where its fields come from."""
    first = next(iter(contents.values()), {})
    differences = differing(contents)
    form = form_of(contents)
    return {
        "compiled": {name: encoded_lines(indented(one)) for name, one in contents.items()},
        "answers": {
            name: encoded_lines(indented(one.get("payload")))
            for name, one in (first.get("responses") or {}).items()
        },
        "differences": differences
        and write_part(f"{_FOLDER}/differences.html.j2", differences=differences).removesuffix("\n"),
        "form": form and encoded_attribute(form),
        "origins": {
            name: write_part(f"{_FOLDER}/origins.html.j2", rows=rows).removesuffix("\n")
            for name, rows in _origins(entry, contents, link_base)
        },
    }


def _origins(
    entry: Entry, contents: Mapping[str, Mapping[str, Any]], link_base: str
) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield the rows of the first environment, and those of each other one that are not among them."""
    told: set[tuple[str, ...]] = set()
    first = next(iter(contents.values()), {})
    for name, content in contents.items():
        if told and equal(content, first):
            continue
        rows = [_row(one, link_base) for one in entry.read_origins(name)]
        if others := [one for one in rows if one not in told]:
            yield name, others
        told = told or {*rows}


def _row(one: FieldOrigin, link_base: str) -> tuple[str, ...]:
    """Return a field, its value, the document that writes it, the place there, and what leads to it."""
    file, line = one.place[:2]
    link = f"{link_base}{quote(file)}#L{line}" if link_base else ""
    return (
        pointer_of(one.path),
        compact(masked(one.value, one.judged)),
        one.document,
        f"{file}:{line}",
        link,
    )
