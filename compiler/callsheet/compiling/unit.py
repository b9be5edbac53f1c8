"""A unit: what one file contains, compiles to, and has wrong, in all environments.

A unit depends on the file's text, on the context (environments and policies) and on the template files
that it names, and on nothing else: it can be computed in another process and kept in a cache. It is plain
data, as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct, field

from callsheet.compiling.bundles import packed
from callsheet.documents import Problem, Related, Span, decoded
from callsheet.documents.sources import Fingerprint
from callsheet.language.content import Head


class Broken(NamedTuple):
    """A violation: its problem, and the names of policy, action and environment."""

    problem: Problem
    policy: str
    action: str
    environment: str


class Unit(Struct):
    """What one file contains, compiles to, and has wrong.

    Attributes:
        hash: SHA-256 of the very bytes that were read; empty where they could not be.
        heads: kind, name, index, first line, and for an action its metadata, its name before, and the
            names of its parameters.
        found: problems, each with the environments in which they were found (empty: by itself).
        broken: violations of policies.
        compiled: by environment, then address: the digest of its canonical text.
        texts: the canonical texts by digest; so this and `used` are known of a unit that was just computed,
            and are no part of its record.
        used: by action, then environment: the parameters that are used.
        templates: the template files that were read, with the digest of each text, or of why there is none.
        parts: the connections and fragments that were looked for, by address, with the digest of each;
            empty for one that is not there.
        ignores: does the text speak to callsheet in a comment?
        describes: is the file a vendor's description?
        refers: the files to which it refers by `$ref`, where it is one, or may be a part of one.
        secret: is a secret written into it, or into what its definitions are made of? It is no part of its
            record: such a unit has none.

    """

    file: str
    hash: str = ""
    documents: int = 0
    heads: list[Head] = field(default_factory=list)
    found: list[tuple[Problem, list[str]]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    compiled: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    ignores: bool = False
    describes: bool = False
    refers: list[str] = field(default_factory=list)
    secret: bool = False

    @property
    def whole(self) -> bool:
        """Is it known of each of its documents what it defines?"""
        return len({head["index"] for head in self.heads}) >= self.documents

    @property
    def speaks(self) -> bool:
        """Is there more to look at in it than what it defines and compiles to?"""
        found = self.found or self.broken or self.ignores or self.describes or self.refers
        return bool(found) or not self.heads or not self.whole

    def kinds(self) -> list[str] | None:
        """Return the kinds that it defines, each once; None where that is not known of a document."""
        return sorted({head["kind"] for head in self.heads}) if self.whole else None

    def left(self) -> Left:
        """Return what is looked at of it once what it defines and compiles to is known."""
        names = frozenset(head["name"] for head in self.heads) if self.ignores else frozenset()
        return Left(
            self.file,
            self.documents,
            self.found,
            self.broken,
            names,
            self.refers,
            empty=not self.heads,
            whole=self.whole,
            ignores=self.ignores,
            describes=self.describes,
        )

    def record(self) -> str:
        """Return the unit of this file and hash as JSON text, without its texts."""
        record = _Record(
            self.documents,
            self.heads,
            [(problem_record(one), names) for one, names in self.found],
            [(problem_record(one.problem), *one[1:]) for one in self.broken],
            self.compiled,
            self.templates,
            self.parts,
            self.ignores,
            self.describes,
            self.refers,
        )
        try:
            return msgspec.json.encode(record).decode()
        except (UnicodeEncodeError, OverflowError):
            # Half a surrogate pair, as in the name of a file, or a number that nothing here computes with.
            return json.dumps(msgspec.to_builtins(record), separators=(",", ":"))

    @classmethod
    def read(cls, file: str, digest: str, record: str | msgspec.Raw) -> Unit:
        """Read the record of a unit, of a file and its hash."""
        found = _read(record, _record)
        return cls(
            file,
            digest,
            found.documents,
            found.heads,
            [(problem_of(one), names) for one, names in found.found],
            [Broken(problem_of(one), *names) for one, *names in found.broken],
            found.compiled,
            templates=found.templates,
            parts=found.parts,
            ignores=found.ignores,
            describes=found.describes,
            refers=found.refers,
        )


class _Record(Struct, omit_defaults=True):
    """A unit as it is kept: what it has none of is left out."""

    documents: int = 0
    heads: list[Any] = field(default_factory=list)
    found: list[tuple[list[Any], list[str]]] = field(default_factory=list)
    broken: list[tuple[list[Any], str, str, str]] = field(default_factory=list)
    compiled: dict[str, dict[str, str]] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    ignores: bool = False
    describes: bool = False
    refers: list[str] = field(default_factory=list)


class Needs(Struct):
    """What the record of a unit says that the unit depends on, beside its file and the context."""

    templates: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: str | msgspec.Raw) -> Needs:
        """Read them; all else of the record is passed over."""
        return _read(record, _needs)


T = TypeVar("T")
_record = msgspec.json.Decoder(_Record)
_needs = msgspec.json.Decoder(Needs)


def _read(record: str | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(record)
    except msgspec.DecodeError:
        return msgspec.convert(decoded(record), decoder.type)


class Left(Struct):
    """What is looked at of a unit once what it defines and compiles to is known.

    Attributes:
        names: what it defines, where it speaks to callsheet in a comment.
        empty: does it define nothing?

    """

    file: str
    documents: int
    found: list[tuple[Problem, list[str]]]
    broken: list[Broken]
    names: frozenset[str]
    refers: list[str]
    empty: bool
    whole: bool
    ignores: bool
    describes: bool


class Computed(NamedTuple):
    """A unit as one process sends it to another.

    Attributes:
        kinds: what it defines, where that is known of each of its documents.
        record: as JSON text: the cache keeps it as it is.
        bundle: its texts, packed.
        opened: the fingerprints of the files that were read for it, as far as another process noted them.
        secret: is a credential in it, or in what it compiles to? Then it is kept nowhere.

    """

    file: str
    hash: str
    kinds: list[str] | None
    record: str
    bundle: bytes
    opened: Mapping[str, Fingerprint] = {}
    secret: bool = False

    @classmethod
    def of(cls, unit: Unit, opened: Mapping[str, Fingerprint] = {}) -> Computed:
        """Return what is sent of a unit."""
        bundle = packed(unit.texts.values()) if unit.texts else b""
        return cls(unit.file, unit.hash, unit.kinds(), unit.record(), bundle, opened, unit.secret)

    def unit(self) -> Unit:
        """Return the unit, without its texts."""
        return Unit.read(self.file, self.hash, self.record)


def problem_record(problem: Problem) -> list[Any]:
    """Return a problem as JSON."""
    return [
        problem.code,
        problem.file,
        problem.message,
        problem.help,
        _span_record(problem.span),
        [[one.file, _span_record(one.span), one.message] for one in problem.related],
        problem.about,
        problem.missing,
        problem.suggested,
    ]


def _span_record(span: Span) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column]


def problem_of(record: list[Any]) -> Problem:
    """Read the record of a problem."""
    code, file, message, way_out, span, related, about, missing, suggested = record
    return Problem(
        code=code,
        file=file,
        message=message,
        help=way_out,
        span=Span(*span),
        related=tuple(Related(file=one[0], span=Span(*one[1]), message=one[2]) for one in related),
        about=tuple((name, environment) for name, environment in about),
        missing=missing,
        suggested=suggested,
    )
