"""Compilers of kinds: what each takes and returns, and how the table of kinds leads to it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

from msgspec import Struct, field

from callsheet.compiling.kept import Kept
from callsheet.compiling.model import CompiledAction
from callsheet.documents import Problem
from callsheet.language.action import Definition
from callsheet.language.environment import Environment
from callsheet.language.kinds import DeployedKind

ReadTemplate = Callable[[str], str | Problem]
"""Returns the text of a template file of the workspace, or the problem that keeps it from it."""


class CompileResult(Struct):
    """What compiling a definition for an environment comes to: a compiled object, or why there is none."""

    compiled: CompiledAction | None
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)


Compiler = Callable[[Definition, Environment, ReadTemplate, Kept | None], CompileResult]
"""Compiles a definition for an environment; problems are in the result, and not raised."""


def compiler_of(kind: DeployedKind) -> Compiler:
    """Return the compiler that the table of kinds names."""
    found: Compiler = pkgutil.resolve_name(kind.compiler)
    return found
