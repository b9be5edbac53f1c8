"""How processes that compile are started: nothing that they import comes from the current folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_SAFE_PATH = "PYTHONSAFEPATH"
"""Python then leaves the folder that it is started in out of its path (docs.python.org, "Command line")."""


@contextmanager
def importing_nothing_from_here() -> Iterator[None]:
    """Start further processes so that a module in the current folder is not taken for one of Python's.

    A process that multiprocessing spawns begins with the current folder in its path: in a checkout, a file
    `multiprocessing.py` of a pull request would run.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before
