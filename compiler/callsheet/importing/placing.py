"""The values of a collection's variables → the environments that say them, with every comment kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from callsheet.compiling import Compiled
from callsheet.documents import Document
from callsheet.documents.rewriting import CannotRewriteError, Rewriting, rewritten
from callsheet.importing.marks import VALUE, template_of
from callsheet.importing.model import Imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Environments with new values.

    Attributes:
        texts: of their files, by path relative to the workspace.
        names: of the values, as templates read them.

    """

    texts: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()


def place_values(compiled: Compiled, account: str, requests: Iterable[Imported]) -> Placed | None:
    """Return the environments that say the values of requests; None where no file can be changed so.

    They are written where every environment that deploys something reads them: in what it extends, and in
    itself where it extends nothing.
    """
    values = {name: text for one in requests for name, text in one.values.items()}
    if not values:
        return Placed()
    reads = {name: f"values.{account}.{name}" for name in values}
    # A value is a template only where it reads another one: any other is the text itself.
    written = {
        name: template_of(text, lambda _: None, reads) if VALUE.search(text) else text
        for name, text in sorted(values.items())
    }
    roots: dict[tuple[str, int], Document] = {}
    for one in compiled.concrete:
        root = one.chain[-1]
        roots[root.file, root.index] = root
    files: dict[str, list[Rewriting]] = {}
    try:
        for document in roots.values():
            rewriting = Rewriting(document)
            rewriting.write(("spec", "values", account), written)
            files.setdefault(document.file, []).append(rewriting)
        texts = {file: rewritten(some) for file, some in files.items()}
    except CannotRewriteError:
        return None
    return Placed(texts=texts, names=sorted(reads.values())) if texts else None
