"""callsheet: actions of customer-journey tools as reviewed, versioned, tested files.

    from callsheet import Workspace

    workspace = Workspace("actions")
    plan = workspace.plan("local")
    workspace.apply(plan)

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callsheet._version import __version__
from callsheet.errors import (
    ArgumentError,
    CallsheetError,
    InvalidWorkspaceError,
    UnreachableError,
    UsageError,
)

if TYPE_CHECKING:
    from callsheet.compiling import Compiled, CompiledAction
    from callsheet.deploying.executor import ApplyResult
    from callsheet.language import Diagnostic
    from callsheet.planning.model import Change, Plan
    from callsheet.relay import RelaySettings
    from callsheet.workspace import Workspace

__all__ = [
    "ApplyResult",
    "ArgumentError",
    "CallsheetError",
    "Change",
    "Compiled",
    "CompiledAction",
    "Diagnostic",
    "InvalidWorkspaceError",
    "Plan",
    "RelaySettings",
    "UnreachableError",
    "UsageError",
    "Workspace",
    "__version__",
]

_HOMES = {
    "ApplyResult": "callsheet.deploying.executor",
    "Change": "callsheet.planning.model",
    "Compiled": "callsheet.compiling",
    "CompiledAction": "callsheet.compiling",
    "Diagnostic": "callsheet.language",
    "Plan": "callsheet.planning.model",
    "RelaySettings": "callsheet.relay",
    "Workspace": "callsheet.workspace",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'callsheet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
