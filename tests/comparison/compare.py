"""Compare what two runs of `run.py` wrote.

    python tests/comparison/compare.py OUT1 OUT2 [--skip REGEX]… [--blank REGEX]… [--common] [--all]

Prints the unified diff of the first 20 files that differ, and how many there are; exits with 1 where one does.
`--skip` leaves out the commands whose file name the pattern is found in; `--blank` replaces what the pattern
matches in every file (in both) before they are compared: for words that were changed on purpose. `--common`
compares only the workspaces that both runs have.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections import Counter
from pathlib import Path

SHOWN = 20
LINES = 60


def main() -> int:
    """Compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("out", nargs=2, type=Path)
    parser.add_argument("--skip", action="append", default=[])
    parser.add_argument("--blank", action="append", default=[])
    parser.add_argument("--all", action="store_true", help="show every difference")
    parser.add_argument("--common", action="store_true", help="only workspaces that both have")
    given = parser.parse_args()
    names: list[set[str]] = [{str(one.relative_to(out)) for one in out.rglob("*.txt")} for out in given.out]
    if given.common:
        both = {Path(one).parts[0] for one in names[0]} & {Path(one).parts[0] for one in names[1]}
        names = [{one for one in each if Path(one).parts[0] in both} for each in names]
    if not names[0] or not names[1]:
        sys.exit("one of the folders has no outputs")
    every = [
        one for one in sorted(names[0] | names[1]) if not any(re.search(skip, one) for skip in given.skip)
    ]
    different = []
    for name in every:
        texts = [read(out / name, given.blank) for out in given.out]
        if texts[0] != texts[1]:
            different.append(name)
            if given.all or len(different) <= SHOWN:
                show(name, texts, given.out)
    verbs = Counter(Path(name).stem.split(" ", 1)[-1].split("_", 1)[0] for name in different)
    print(f"{len(different)} of {len(every)} outputs differ" + (": " if verbs else "."), end="")
    print(", ".join(f"{verb} {count}" for verb, count in verbs.most_common()))
    return 1 if different else 0


def read(path: Path, blank: list[str]) -> str:
    """Return the text of an output, or a word where there is none."""
    if not path.exists():
        return "(there is no such output)\n"
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    for pattern in blank:
        text = re.sub(pattern, "…", text)
    return text


def show(name: str, texts: list[str], out: list[Path]) -> None:
    """Print the difference of one output."""
    lines = list(
        difflib.unified_diff(
            texts[0].split("\n"),
            texts[1].split("\n"),
            str(out[0] / name),
            str(out[1] / name),
            n=2,
            lineterm="",
        )
    )
    for line in lines[:LINES]:
        print(line.encode("utf-8", "backslashreplace").decode())
    if len(lines) > LINES:
        print(f"… {len(lines) - LINES} more lines")
    print()


if __name__ == "__main__":
    sys.exit(main())
