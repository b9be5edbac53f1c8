"""How many requests of Bruno become an action that sends what Bruno sends.

    npm install --prefix FOLDER @usebruno/cli
    python tests/benchmarks/on_ramp/bruno_run.py FOLDER [-v] [NAME…]

Each collection of `odd_bruno.py` is written as a folder by Bruno's own code, run by `bru run` against a recorder, and
imported: as the JSON that Bruno exports, and its files one by one. `-v` names each request that is not equal, and NAME the collections to run.
The command fails where a request differs without a note, or is written and not valid.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from imported import Outcome, all_of, one_of
from odd_bruno import ENVIRONMENT, odd_bruno
from postman_judge import value_of
from sources import HERE, Source
from verdicts import EQUAL, MADE_UP, SILENT, arguments, is_wrong, verdict

from support.sent_requests import Recorder, Sent

TOKEN_HOST = "id.example.com"
_VARIABLE = re.compile(r"\{\{([^{}]+)\}\}")
_OWN = {"accept": "application/json, text/plain, */*", "request-start-time": None}
"""Headers that Bruno adds to every request, with their values where somebody may write another one."""


def of_export(
    source: Source, folder: Path, packages: Path, recorder: Recorder
) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of each request of a collection, imported as JSON."""
    file = folder / "collection.json"
    file.write_text(json.dumps(source.value), "utf-8")
    labels = [label for label, _ in _requests(source.value["items"])]
    outcomes = all_of(file, labels, folder, ENVIRONMENT)
    lost = Outcome(kind="lost", why="nothing is said of it")
    yield from _judged(source, [outcomes.get(one) or lost for one in labels], folder, packages, recorder)


def of_files(
    source: Source, folder: Path, packages: Path, recorder: Recorder
) -> Iterator[tuple[str, str, str]]:
    """Yield the same of its requests as files, without what the collection says of all of them."""
    source = Source(source.kind, source.name, {**source.value, "root": {"request": {}}})
    with tempfile.TemporaryDirectory(dir=folder) as path:
        _write(source, packages, Path(path))
        known = str(Path(path) / "environments" / f"{ENVIRONMENT}.bru")
        found = [one_of(one, None, folder, known) for one in sorted(Path(path).glob("[0-9]*.bru"))]
    yield from _judged(source, found, folder, packages, recorder)


def _judged(
    source: Source, found: list[Outcome], folder: Path, packages: Path, recorder: Recorder
) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of each request, of what became of them."""
    listed = [*_requests(source.value["items"])]
    _fill_path(listed, found)
    with tempfile.TemporaryDirectory(dir=folder) as path:
        _write(source, packages, Path(path))
        sent = by_bruno(Path(path), packages, recorder, _values(source.value, found))
    for index, ((label, request), ours) in enumerate(zip(listed, found, strict=True), 1):
        real, error = sent.get(index, (None, "not run"))
        kind, why = verdict(real, ours, error)
        yield label, (MADE_UP if kind == SILENT and "{{$" in json.dumps(request) else kind), why


def _write(source: Source, packages: Path, target: Path) -> None:
    """Write a collection as the folder that Bruno keeps of it."""
    subprocess.run(
        ["node", HERE / "bruno_folder.cjs", packages, target], check=True, capture_output=True,
        input=json.dumps(source.value).encode(),
    )  # fmt: skip


def by_bruno(
    target: Path, packages: Path, recorder: Recorder, values: Mapping[str, str]
) -> dict[int, tuple[Sent | None, str]]:
    """Return what is sent for each request of a folder, by its number, and what Bruno says where that is nothing."""
    recorder.seen.clear()
    report = target / "report.json"
    given = [f"--env-var={name}={one}" for name, one in values.items()]
    subprocess.run(
        [packages / "node_modules/.bin/bru", "run", "-r", "--env", ENVIRONMENT, "--insecure", "--disable-cookies",
         "--noproxy", "--reporter-json", report, *given],
        cwd=target, check=False, capture_output=True, timeout=600, env={
            "PATH": os.environ["PATH"], "HOME": str(target), "WHO": values.get("process.env.WHO", ""),
            "NODE_OPTIONS": f"--require={HERE / 'led_to_recorder.cjs'}",
            "RECORDER_PORTS": " ".join(map(str, recorder.ports)),
        },
    )  # fmt: skip
    results = [it for one in json.loads(report.read_text("utf-8")) for it in one["results"]]
    return _by_number(results, [one for one in recorder.seen if one.host != TOKEN_HOST])


def _by_number(results: list[dict[str, Any]], seen: list[Sent]) -> dict[int, tuple[Sent | None, str]]:
    """Return the requests that came by the number of each result; they came in the order of the results."""
    found: dict[int, tuple[Sent | None, str]] = {}
    waiting = [_without_own(one) for one in seen]
    for one in results:
        number = int(Path(one["test"]["filename"]).stem)
        failed = one["response"]["status"] in (None, "error", "skipped")
        why = str(one.get("error") or one["response"].get("statusText") or "")
        found[number] = (None, why) if failed else (waiting.pop(0), "")
    if waiting:
        raise RuntimeError(f"{len(waiting)} requests came that no result names")
    return found


def _without_own(sent: Sent) -> Sent:
    for name, held in _OWN.items():
        if name in sent.headers and held in (None, sent.headers[name]):
            del sent.headers[name]
    return sent


def _requests(items: list[dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for one in items:
        if "items" in one:
            yield from _requests(one["items"], f"{above}{one['name']}/")
        else:
            yield f"{above}{one['name']}", one["request"]


def _fill_path(listed: list[tuple[str, dict[str, Any]]], found: list[Outcome]) -> None:
    """Fill in what a person fills in before the request is sent: parameters of the path without a value."""
    for (_, request), ours in zip(listed, found, strict=True):
        for one in request["params"]:
            if one["type"] == "path" and not one["value"]:
                one["value"] = value_of(one["name"], ours.params)


def _values(value: dict[str, Any], found: list[Outcome]) -> dict[str, str]:
    """Return values for the variables that have none: those that the actions are tested with."""
    held = [one for it in value["environments"] for one in it["variables"]]
    known = {one["name"] for one in held if one["value"]}
    for request in (value["root"]["request"], *(request for _, request in _requests(value["items"]))):
        known |= {one["name"] for one in request.get("vars", {}).get("req", ())}
    params = {key: one for it in found for key, one in it.params.items()}
    names = {*_VARIABLE.findall(json.dumps(value["items"]))} - known
    return {one: value_of(one, params) for one in sorted(names) if not one.startswith(("$", "?"))}


def main() -> int:
    """Judge the collections, and print the classes."""
    options = arguments(__doc__)
    classes: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as path:
        recorder = Recorder(Path(path), answer=b'{"access_token": "a-token", "token_type": "Bearer"}')
        for source in odd_bruno():
            if options.names and source.name not in options.names:
                continue
            for form, of in (("exported", of_export), ("files", of_files)):
                if form == "files" and any("items" in one for one in source.value["items"]):
                    continue  # what a folder says is in another file
                for label, kind, why in of(source, Path(path), options.folder, recorder):
                    classes[form, kind] += 1
                    if options.verbose and kind != EQUAL:
                        print(f"{source.name}, {form}\t{label}\t{kind}\t{why}")
    for (form, kind), number in sorted(classes.items(), key=lambda it: (it[0][0], -it[1])):
        print(f"{number:5} {form}, {kind}")
    return 1 if any(is_wrong(kind) for _, kind in classes) else 0


if __name__ == "__main__":
    sys.exit(main())
