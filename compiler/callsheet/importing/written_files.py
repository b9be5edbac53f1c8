"""What `adopt --all` and `extract` return: files of a workspace, and what stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

Texts = Mapping[str, str]
"""The texts of files, by path relative to the workspace."""


class Adoption(Struct, frozen=True, kw_only=True):
    """The files that take over what is deployed.

    Attributes:
        environment: whose target it is.
        texts: by path relative to the workspace.
        files: the file of each object, by the address under which it defines it.
        connections: by the path of its file, the number of actions that share it.
        left: by address, why no file is written.
        elsewhere: the other environments that would deploy the objects as well.
        written: whether the files are there now.

    """

    environment: str
    texts: Texts = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Sequence[str] = ()
    written: bool = False

    @property
    def new(self) -> Sequence[str]:
        """The files that are not there yet: all of them."""
        return [*self.texts]

    @property
    def secrets(self) -> Sequence[str]:
        """The environment variables to which the files refer."""
        return sorted({one for text in self.texts.values() for one in re.findall(r"\benv:(\w+)", text)})


class Shortened(Struct, frozen=True, kw_only=True):
    """A file that loses what a connection says.

    Attributes:
        file: relative to the workspace.
        before: how many lines it has; so `after`.
        kept: fields that stay although the connection says them, each with the reason.

    """

    file: str
    before: int
    after: int
    kept: Sequence[tuple[str, str]] = ()


class Extraction(Struct, frozen=True, kw_only=True):
    """A connection, and the files that name it.

    Attributes:
        name: of the connection.
        file: of the connection, relative to the workspace; None where it is there already.
        lines: how many lines the connection's file has.
        texts: the new texts of all files, by path relative to the workspace.
        shortened: the files of actions.
        left: the actions and sets that stay as they are, each with the reason.
        written: whether the files are there now.
        read: by path, the digest of a file that is written over, as it was read.

    """

    name: str
    file: str | None = None
    lines: int = 0
    texts: Texts = field(default_factory=dict)
    shortened: Sequence[Shortened] = ()
    left: Sequence[tuple[str, str]] = ()
    written: bool = False
    read: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> Sequence[str]:
        """The files that are not there yet."""
        return () if self.file is None else (self.file,)

    @property
    def fewer(self) -> int:
        """How many fewer lines there are, with the connection's own."""
        return sum(one.before - one.after for one in self.shortened) - self.lines
