"""How many requests of Insomnia become an action that sends what Insomnia sends.

    npm install --ignore-scripts --prefix FOLDER insomnia-inso@3.6.0   (and build @getinsomnia/node-libcurl)
    python tests/benchmarks/on_ramp/insomnia_run.py FOLDER [-v] [NAME…]

Each export of `odd_insomnia.py` is run by `insomnia-send-request`, by which `inso` sends, against a recorder, and imported.
`-v` names each request that is not equal, and NAME the exports to run. The command fails where a request differs without
a note, or is written and not valid.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from imported import Outcome, all_of
from odd_insomnia import ENVIRONMENT, odd_insomnia
from postman_judge import value_of
from sources import HERE, Source
from verdicts import EQUAL, MADE_UP, SILENT, arguments, is_wrong, verdict

from support.sent_requests import Recorder, Sent

TOKEN_HOST = "id.example.com"
_MISSING = re.compile(r"\b_\.(missing\w*|empty)\b")


def of_export(
    source: Source, folder: Path, packages: Path, recorder: Recorder
) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of each request of an export."""
    file = folder / "export.json"
    file.write_text(json.dumps(source.value), "utf-8")
    nodes = source.value["resources"]
    inside = any(one["_type"] == "request_group" for one in nodes)
    requests = [one for one in nodes if one["_type"] == "request"]
    labels = [f"Inner/{one['name']}" if inside else one["name"] for one in requests]
    outcomes = all_of(file, labels, folder, ENVIRONMENT)
    lost = Outcome(kind="lost", why="nothing is said of it")
    found = [outcomes.get(one) or lost for one in labels]
    params = {key: one for it in found for key, one in it.params.items()}
    chosen = next(one for one in nodes if one.get("name") == ENVIRONMENT)
    names = {*_MISSING.findall(json.dumps(requests))}
    chosen["data"] = {**chosen["data"], **{one: value_of(one, params) for one in names}}
    sent = by_insomnia(source.value, chosen["_id"], packages, recorder)
    for request, label, ours in zip(requests, labels, found, strict=True):
        real, error = sent.get(request["_id"], (None, "not run"))
        kind, why = verdict(real, ours, error)
        made_up = kind == SILENT and re.search("{% (?:uuid|now)", json.dumps(request))
        yield label, (MADE_UP if made_up else kind), why


def by_insomnia(
    value: dict[str, Any], environment: str, packages: Path, recorder: Recorder
) -> dict[str, tuple[Sent | None, str]]:
    """Return what is sent for each request of an export, by its id, and what Insomnia says where that is nothing."""
    recorder.seen.clear()
    ports = map(str, recorder.ports)
    done = subprocess.run(
        ["node", HERE / "insomnia_judge.cjs", packages, *ports, environment],
        input=json.dumps(value), capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    seen = {one.headers.pop("x-judged", ""): one for one in recorder.seen if one.host != TOKEN_HOST}
    answers = map(json.loads, filter(None, done.stdout.splitlines()))
    return {one["id"]: (seen.get(one["id"]), one["error"]) for one in answers}


def main() -> int:
    """Judge the exports, and print the classes."""
    options = arguments(__doc__)
    classes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as path:
        recorder = Recorder(Path(path), answer=b'{"access_token": "a-token", "token_type": "Bearer"}')
        for source in odd_insomnia():
            if options.names and source.name not in options.names:
                continue
            for label, kind, why in of_export(source, Path(path), options.folder, recorder):
                classes[kind] += 1
                if options.verbose and kind != EQUAL:
                    print(f"{source.name}\t{label}\t{kind}\t{why}")
    for kind, number in classes.most_common():
        print(f"{number:5} {kind}")
    return 1 if any(map(is_wrong, classes)) else 0


if __name__ == "__main__":
    sys.exit(main())
