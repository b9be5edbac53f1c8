"""The values of a collection's variables → the environments that say them, with every comment kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field

from callsheet.compiling import Compiled
from callsheet.documents import Document
from callsheet.documents.rewriting import CannotRewriteError, Rewriting, rewritten
from callsheet.importing.marks import VALUE, template_of
from callsheet.importing.model import Imported


class Placed(Struct, frozen=True, kw_only=True):
    """Environments with new values.

    Attributes:
        texts: of their files, by path relative to the workspace.
        names: of the values, as templates read them.

    """

    texts: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()


def place_values(
    compiled: Compiled, account: str, requests: Iterable[Imported], read: Collection[str] | None = None
) -> Placed | None:
    """Return the environments that say the values of requests; None where no file can be changed so.

    They are written where every environment that deploys something reads them: in what it extends, and in
    itself where it extends nothing.

    Args:
        compiled: the workspace.
        account: below which the values are.
        requests: with their values.
        read: the names of the values that are needed, also for what these read; None for all of them.

    """
    values = {name: text for one in requests for name, text in one.values.items()}
    if read is not None:
        values = _needed(values, read)
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


def _needed(values: Mapping[str, str], read: Collection[str]) -> dict[str, str]:
    """Return the values that are read, and those that they read."""
    found: dict[str, str] = {}
    waiting = [one for one in read if one in values]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = values[name]
            waiting += [match[2] for match in VALUE.finditer(values[name]) if match[2] in values]
    return found
