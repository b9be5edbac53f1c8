"""Actions that repeat each other → a Connection that says it once, and the files without what it says.

What is written is compiled first: every object must stay the same, byte by byte, in every environment.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from callsheet.compiling import Compiled
from callsheet.documents import Path
from callsheet.documents.reading import parse
from callsheet.documents.rewriting import CannotRewriteError, Rewriting, rewritten
from callsheet.errors import CallsheetError
from callsheet.importing.common import URL, Common, common_in, common_of, connection_text, value_of
from callsheet.importing.sites import Left, Site, fitting, sites_of
from callsheet.importing.written_files import Extraction, Shortened, Texts
from callsheet.language.action import Action


def extraction(
    compiled: Compiled,
    name: str,
    actions: Iterable[Action],
    file: str | None,
    compile_with: Callable[[Texts], Compiled],
) -> Extraction:
    """Return what it takes that actions say once what they have in common; nothing is written.

    Args:
        compiled: the workspace.
        name: of the connection, which may be there.
        actions: that are to name it.
        file: of the connection; None for one beside the actions.
        compile_with: compiles the workspace with other texts of some files, and with new ones.

    Raises:
        CallsheetError: CS949 where the workspace would not compile to the same.

    """
    there = compiled.connections.get(name)
    known = None if there is None else common_in(there.document.value)
    candidates, left = sites_of(compiled, actions, name)
    if known is not None:
        candidates, others = fitting(candidates, known)
        left += others
    texts: dict[str, str] = {}
    shortened: list[Shortened] = []
    common = Common()
    while candidates:
        common = known or common_of([one.value for one in candidates])
        if not common:
            break
        texts, shortened, refused = _shorten(candidates, name, common)
        if not refused:
            break
        left += refused
        candidates = [one for one in candidates if one.name not in dict(refused)]
    if not candidates or not common:
        left += [(one.name, "it has nothing in common with the others") for one in candidates]
        return Extraction(name=name, left=left)
    lines, own = 0, None
    if there is None:
        own = file or _beside([one.document.file for one in candidates], name, compiled)
        texts[own] = connection_text(name, common)
        lines = _lines(texts[own])
    refuse_different(compiled, compile_with(texts))
    return Extraction(name=name, file=own, lines=lines, texts=texts, shortened=shortened, left=left)


def refuse_different(before: Compiled, after: Compiled) -> None:
    """Refuse files that do not compile to what they did, or with further findings; raises CS949."""
    way_out = "nothing was written: leave that action out with another --select"
    for environment, objects in before.by_environment.items():
        now = after.by_environment.get(environment, {})
        for address in sorted({*objects, *now}):
            digests = [it[address].digest if address in it else None for it in (objects, now)]
            if digests[0] != digests[1]:
                message = f"{address} would not compile to the same in {environment}"
                raise CallsheetError("CS949", message, help=way_out, details=_new_findings(before, after))
    if found := _new_findings(before, after):
        raise CallsheetError("CS949", "the workspace would have more findings", help=way_out, details=found)


def _new_findings(before: Compiled, after: Compiled) -> tuple[str, ...]:
    """Return what is found of a code more often than before."""
    counts = [Counter(one.code for one in it.diagnostics) for it in (before, after)]
    more = {code for code, number in counts[1].items() if number > counts[0][code]}
    known = {(one.code, one.message) for one in before.diagnostics}
    new = [one for one in after.diagnostics if one.code in more and (one.code, one.message) not in known]
    lines = [f"{one.code} {one.message}" for one in new[:3]]
    return tuple(lines or sorted(more))


def _shorten(
    sites: Sequence[Site], name: str, common: Common
) -> tuple[dict[str, str], list[Shortened], Left]:
    """Return the files without what is common, and the actions that cannot be written so."""
    files: dict[str, list[Site]] = {}
    for one in sites:
        files.setdefault(one.document.file, []).append(one)
    texts, shortened, refused = {}, [], []
    for file, some in files.items():
        edits = [_Edits(one, common) for one in some]
        try:
            for it in edits:
                it.make(name)
            new = rewritten([it.rewriting for it in edits])
            _refuse_other_values(file, new, edits)
        except CannotRewriteError as error:
            refused += [(one.name, f"its file cannot be rewritten: {error}") for one in some]
            continue
        texts[file] = new
        kept = tuple(field for it in edits for field in it.kept)
        before = _lines(some[0].document.text)
        shortened.append(Shortened(file=file, before=before, after=_lines(new), kept=kept))
    return texts, shortened, refused


class _Edits:
    """The document of one action, or of a set, as it loses what is common."""

    def __init__(self, site: Site, common: Common) -> None:
        self.document = site.document
        self.at = site.at
        self.common = common
        self.rewriting = Rewriting(self.document)
        self.value = _copied(self.document.value)
        self.kept: list[tuple[str, str]] = []

    def make(self, name: str) -> None:
        """Name the connection, and take away what it says; what has a comment stays."""
        spec = (*self.at, "spec")
        self.rewriting.write_first(spec, "connection", name)
        value_of(self.value, spec)["connection"] = name
        groups: dict[Path, list[str]] = {}
        if self.common.base is not None and not self._write_path(self.common.base):
            groups[(*self.at, *URL[:-1])] = ["url"]
        for path in self.common.units:
            groups.setdefault((*self.at, *path[:-1]), []).append(str(path[-1]))
        removed: dict[Path, list[str]] = {}
        for path, keys in groups.items():
            if set(keys) == {*value_of(self.value, path)}:
                removed.setdefault(path[:-1], []).append(str(path[-1]))
            else:
                removed.setdefault(path, []).extend(keys)
        for path, keys in removed.items():
            self._remove(path, keys)

    def _remove(self, mapping: Path, keys: list[str]) -> None:
        """Take keys away; where one of them has a comment, the others of it."""
        try:
            self.rewriting.remove(mapping, keys)
        except CannotRewriteError as error:
            if len(keys) > 1:
                for key in keys:
                    self._remove(mapping, [key])
            else:
                self._keep((*mapping, *keys), error)
            return
        for key in keys:
            del value_of(self.value, mapping)[key]

    def _write_path(self, base: str) -> bool:
        """Write a path in the place of the URL; returns False for a URL that is the base, and goes."""
        url = (*self.at, *URL)
        request = value_of(self.value, url[:-1])
        path = request["url"].removeprefix(base)
        if not path:
            return False
        try:
            self.rewriting.rename(url, "path", path)
        except CannotRewriteError as error:
            self._keep(url, error)
        else:
            request["path"] = path
            del request["url"]
        return True

    def _keep(self, path: Path, error: CannotRewriteError) -> None:
        self.kept.append((".".join(map(str, path)), str(error)))


def _refuse_other_values(file: str, text: str, edits: Sequence[_Edits]) -> None:
    """Refuse a text that does not say what it is to say, such as one with an alias of what went."""
    documents, problems = parse(text, file)
    for one in edits:
        found = documents[one.document.index].value if one.document.index < len(documents) else None
        if problems or found != one.value:
            raise CannotRewriteError("an anchor of what the connection says is used elsewhere")


def _beside(files: Sequence[str], name: str, compiled: Compiled) -> str:
    """Return where a connection is written: in the folder that the files have in common."""
    folder = posixpath.commonpath([posixpath.dirname(one) or "." for one in files])
    documents = [one.document for one in compiled.connections.values()]
    documents += [one.document for one in compiled.definitions.values()]
    taken = {one.file for one in documents}
    for file in (f"{name}.yaml", f"{name}_connection.yaml"):
        path = posixpath.normpath(posixpath.join(folder, file))
        if path not in taken:
            break
    return path


def _lines(text: str) -> int:
    return len(text.splitlines())


def _copied(value: Any) -> Any:
    """Return a value of a document in which nothing is shared, as aliases share it."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_copied(one) for one in value]
    return value
