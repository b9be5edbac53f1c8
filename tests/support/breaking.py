"""Values broken in any way: a part replaced by something else, taken away, or added."""

from __future__ import annotations

import contextlib
import copy
import io
from pathlib import Path
from typing import Any

from hypothesis import strategies as some

from support.workspaces import Outcome

KEYS = some.sampled_from(
    ["a", "x y", "n:1", "é", "$p", "$param", "$concat", "$expr", "$template", "secret", "-"]
)
SCALARS = some.sampled_from(
    [None, True, 0, -5, 1.5, "", "yes", "08", "a: b", "# no", "{{ params.email }}", "{{ 7 * 7 }}", "é☃", "a\nb",
     "'q'", '"', "- x", "&a", "|", "@x", "1e3", "\t", "\x07", "https://[", "5 per x", "a" * 300]
)  # fmt: skip
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def containers(value: Any) -> list[Any]:
    found = [value] if isinstance(value, dict | list) and value else []
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found += containers(one)
    return found


def broken(value: Any, data: Any) -> Any:
    value = copy.deepcopy(value)
    inner = data.draw(some.sampled_from(containers(value)))
    keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
    key = data.draw(some.sampled_from(keys))
    match data.draw(some.sampled_from(["replace", "remove", "add"])):
        case "replace":
            inner[key] = data.draw(VALUES)
        case "remove":
            del inner[key]
        case _ if isinstance(inner, dict):
            inner[data.draw(KEYS)] = data.draw(VALUES)
        case _:
            inner.append(data.draw(VALUES))
    return value


def run(*arguments: str | Path) -> Outcome:
    """Run the command line in this process, as often as an example of a test wants it."""
    from callsheet.cli.main import run

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(one) for one in arguments])
    return Outcome(code, out.getvalue(), err.getvalue())
