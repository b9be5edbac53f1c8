"""Which objects a command is about: what `--select` and `--exclude` say, and which objects that names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from posixpath import dirname, normpath
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from callsheet.errors import CallsheetError
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.selector import is_pattern, matches
from callsheet.words import nearest

CHANGED = "changed"
_HELP = (
    "write a name or a pattern (`braze_*`), or `label:k=v`, `kind:`, `owner:`, `path:folder/`,"
    " `changed:REV`, `connection:`, `set:` or `fragment:`"
)


class Candidate(Struct, frozen=True, kw_only=True):
    """An object that can be selected.

    Attributes:
        address: of the object.
        labels: by name.
        definition: what defines it, or what renames it; None for an object that is only deployed.

    """

    address: Address
    labels: Mapping[str, str]
    owner: str | None = None
    definition: Definition | None = None


class Selection(Struct, frozen=True, kw_only=True):
    """What was asked for.

    Attributes:
        select: words of which one must name an object; empty for every object.
        exclude: words of which none may name it.

    """

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything was asked for."""
        return bool(self.select or self.exclude)

    def __str__(self) -> str:
        """Return the options that say it."""
        return " ".join(
            [*(f"--select {one}" for one in self.select), *(f"--exclude {one}" for one in self.exclude)]
        )

    @property
    def may_be_empty(self) -> bool:
        """Whether it may select nothing: that nothing has changed is an answer, and not a mistake."""
        return any(Word.read(one).form == CHANGED for one in self.select)

    @property
    def names_only(self) -> bool:
        """Whether each object is named by itself, so that no other can be meant."""
        words = [Word.read(one) for one in self.select]
        return bool(words) and all(one.form == "name" and not is_pattern(one.value) for one in words)

    def pinned(self, commit_of: Callable[[str], str]) -> Self:
        """Return the same selection with each revision by its commit, which no branch moves."""

        def pinned(text: str) -> str:
            word = Word.read(text)
            return f"{CHANGED}:{commit_of(word.value)}" if word.form == CHANGED else text

        return replace(
            self, select=tuple(map(pinned, self.select)), exclude=tuple(map(pinned, self.exclude))
        )

    def choose(
        self, candidates: Mapping[str, Candidate], changed: Callable[[str], Collection[str]]
    ) -> frozenset[str]:
        """Return the addresses of the objects that are selected.

        Args:
            candidates: by address.
            changed: returns the addresses of what has changed since a revision.

        Raises:
            CallsheetError: CS335 for a word that names nothing, and for one that cannot be read.

        """
        wrong: list[CallsheetError] = []

        def named(words: Iterable[str]) -> set[str]:
            found: set[str] = set()
            for one in words:
                try:
                    found.update(_named(Word.read(one), candidates, changed))
                except CallsheetError as error:
                    wrong.append(error)
            return found

        wanted = named(self.select) if self.select else set(candidates)
        chosen = frozenset(wanted - named(self.exclude))
        if wrong:
            # All of them at once: who mistyped two words corrects both.
            first, *others = wrong
            raise CallsheetError(
                first.code, first.message, help=first.help, details=tuple(one.message for one in others)
            )
        return chosen

    def refuse_empty(self, chosen: Collection[str], where: str = "") -> None:
        """Refuse a selection that selects nothing; raises CS336.

        Args:
            chosen: what it selects.
            where: of what it selects nothing, in words.

        """
        if not chosen and not self.may_be_empty:
            raise CallsheetError(
                "CS336",
                f"`{self}` selects nothing{where}",
                help="select something else, or exclude less; `callsheet list` shows what there is",
            )


class Word(Struct, frozen=True):
    """One word of a selection: its form, which is `name` where none is written, and its value."""

    text: str
    form: str
    value: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a word; raises CS335 for a form that there is not, and for one without a value."""
        form, colon, value = text.partition(":")
        if not colon:
            form, value = "name", text
        elif form not in (*_VALUES, CHANGED) or form == "name":
            raise _unknown(f"there is no form `{form}:`{nearest(f'{form}:', _PREFIXES)}")
        if not value:
            raise _unknown(f"`{text}` names nothing: its value is missing")
        return cls(text, form, value)


def _named(
    word: Word, candidates: Mapping[str, Candidate], changed: Callable[[str], Collection[str]]
) -> Collection[str]:
    if word.form == CHANGED:
        return [one for one in changed(word.value) if one in candidates]
    values = _VALUES[word.form]
    found = [
        address
        for address, one in candidates.items()
        if any(matches(wanted, value) for value in values(one) for wanted in _written(word))
    ]
    if not found:
        known = sorted({value for one in candidates.values() for value in values(one)})
        prefix = "" if word.form == "name" else f"{word.form}:"
        meant = nearest(word.text, [f"{prefix}{one}" for one in known])
        raise _unknown(f"`{word.text}` names nothing{meant}")
    return found


def _unknown(message: str) -> CallsheetError:
    return CallsheetError("CS335", message, help=_HELP)


def _written(word: Word) -> tuple[str, ...]:
    """Return the values that a word means: a folder may be written without its last slash."""
    if word.form != "path":
        return (word.value,)
    path = normpath(word.value)
    return (f"{path}/",) if word.value.endswith("/") else (path, f"{path}/")


def _names(one: Candidate) -> Iterable[str]:
    return one.address.name, str(one.address)


def _labels(one: Candidate) -> Iterable[str]:
    return (text for name, value in one.labels.items() for text in (f"{name}={value}", name))


def _kinds(one: Candidate) -> Iterable[str]:
    return one.address.kind, one.address.kind.lower()


def _owners(one: Candidate) -> Iterable[str]:
    return () if one.owner is None else (one.owner,)


def _paths(one: Candidate) -> Iterable[str]:
    """Return the file that defines it, that of its row, and every folder around them."""
    if one.definition is None:
        return ()
    origin = one.definition.origin
    files = {origin.document.file, *(() if origin.row is None else (origin.row.file,))}
    return {path for file in files for path in (file, *_folders(file))}


def _folders(file: str) -> Iterable[str]:
    folder = dirname(file)
    while folder:
        yield f"{folder}/"
        folder = dirname(folder)
    yield "./"


def _connections(one: Candidate) -> Iterable[str]:
    name = None if one.definition is None else one.definition.names_connection
    return () if name is None else (name,)


def _sets(one: Candidate) -> Iterable[str]:
    if one.definition is None or one.definition.origin.row is None:
        return ()
    name: str = one.definition.document.value["metadata"]["name"]
    return (name,)


def _fragments(one: Candidate) -> Iterable[str]:
    return () if one.definition is None else one.definition.fragments


_VALUES: dict[str, Callable[[Candidate], Iterable[str]]] = {
    "name": _names,
    "label": _labels,
    "kind": _kinds,
    "owner": _owners,
    "path": _paths,
    "connection": _connections,
    "set": _sets,
    "fragment": _fragments,
}
"""What names an object, in each form."""

_PREFIXES = [f"{one}:" for one in (*_VALUES, CHANGED) if one != "name"]
