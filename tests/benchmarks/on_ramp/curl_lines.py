"""How many curl lines become an action that sends what curl sends.

`python tests/benchmarks/on_ramp/curl_lines.py LINES.json…` reads lists of `{"source": …, "line": …}`; `--vendors N` adds N of
our own for each of the calls in `vendor_lines.py`, chosen by `--seed`; `-v` names the lines that are not equal. The command
fails where one differs without a note, or is invalid.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vendor_lines import vendor_lines

from support.curl_judge import judge
from support.sent_requests import Recorder


def main() -> int:
    """Judge the lines of some files, and print the classes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--vendors", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    classes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as path:
        recorder = Recorder(Path(path))
        listed = [one for file in arguments.files for one in json.loads(file.read_text("utf-8"))]
        listed += vendor_lines(arguments.vendors, arguments.seed)
        for one in listed:
            kind, why = judge(one["line"], recorder, Path(path))
            classes[kind] += 1
            if arguments.verbose and kind != "equal":
                print(f"{kind}\t{one['source']}\t{one['line']!r}\t{why}")
    for kind, number in classes.most_common():
        print(f"{number:5} {kind}")
    return 1 if classes["differs silently"] or classes["invalid"] or classes["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
