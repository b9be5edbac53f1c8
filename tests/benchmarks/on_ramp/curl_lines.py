"""How many curl lines become an action that sends what curl sends.

`python tests/benchmarks/on_ramp/curl_lines.py LINES.json…` reads lists of `{"source": …, "line": …}`; `-v` names the lines
that are not equal.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.curl_judge import judge
from support.sent_requests import Recorder


def main() -> None:
    """Judge the lines of some files, and print the classes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    classes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as path:
        recorder = Recorder(Path(path))
        for file in arguments.files:
            for one in json.loads(file.read_text("utf-8")):
                kind, why = judge(one["line"], recorder, Path(path))
                classes[kind] += 1
                if arguments.verbose and kind != "equal":
                    print(f"{kind}\t{one['source']}\t{one['line']!r}\t{why}")
    for kind, number in classes.most_common():
        print(f"{number:5} {kind}")


if __name__ == "__main__":
    main()
