"""Generate the actions of an account with several vendors, as people write them: each in full, in its own form."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from support.generated import Maker, written

Fields = dict[str, Any]
VENDORS: dict[str, tuple[str, Fields, Fields]] = {
    "braze": (
        "https://{{ values.host }}/messages",
        {"X-Version": "3"},
        {"type": "bearer", "token": {"secret": "env:BRAZE_KEY"}},
    ),
    "vonage": (
        "https://api.nexmo.com/v1",
        {"Accept": "application/json"},
        {"type": "basic", "username": "shop", "password": {"secret": "env:VONAGE_SECRET"}},
    ),
    "sendgrid": (
        "https://api.sendgrid.com/v3/mail",
        {},
        {"type": "bearer", "token": {"secret": "env:SENDGRID_KEY"}},
    ),
    "hooks": (
        "https://hooks.example.com",
        {"X-Team": "crm", "X-Format": "json"},
        {"type": "apiKey", "name": "X-Key", "in": "header", "value": {"secret": "env:HOOKS_KEY"}},
    ),
}
ENVIRONMENTS = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: base}
spec: {values: {host: rest.example.com, tenant: shop, limits: {daily: 10, hourly: 2}}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec: {extends: base, target: {type: sqlite, path: .callsheet/local.db}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: production}
spec: {extends: base, values: {host: rest.example.net}, target: {type: sqlite, path: .callsheet/production.db}}
"""


def account(seed: int, number: int, vendors: tuple[str, ...] = (*VENDORS,)) -> list[Fields]:
    """Return documents of actions, those of each vendor alike in what a vendor asks for."""
    maker = Maker(seed * 12)
    found = []
    for index in range(number):
        vendor = vendors[index % len(vendors)]
        base, headers, authentication = VENDORS[vendor]
        one = maker.action(f"{vendor}_{index}")
        metadata, spec = one["metadata"], one["spec"]
        metadata["owner"] = f"team-{vendor}"
        metadata.setdefault("labels", {})["vendor"] = vendor
        spec.pop("tests", None)
        spec["request"]["url"] = f"{base}/{metadata['name']}/send"
        spec["request"]["headers"] = {**spec["request"].get("headers", {}), **headers}
        spec["authentication"] = copy.deepcopy(authentication)
        spec["limits"] = {**spec.get("limits", {}), "timeout": "8s"}
        found.append(one)
    return found


def files_of(documents: list[Fields], seed: int) -> dict[str, str]:
    """Return a file for each, in block or in flow style, with a comment now and then."""
    random = Random(seed)
    files = {}
    for one in documents:
        text = written(one, random.choice((False, None)))
        if random.random() < 0.3:
            text = text.replace("\nspec:\n", "\n# About the call.\nspec:  # what is sent\n", 1)
        files[f"{one['metadata']['labels']['vendor']}/{one['metadata']['name']}.yaml"] = text
    return files


def small(number: int) -> list[Fields]:
    """Return documents of actions, each a few lines long."""
    found = []
    for index in range(number):
        vendor = [*VENDORS][index % len(VENDORS)]
        base, headers, authentication = VENDORS[vendor]
        found.append(
            {
                "apiVersion": "callsheet/v1",
                "kind": "Action",
                "metadata": {"name": f"{vendor}_{index}", "owner": "team", "labels": {"vendor": vendor}},
                "spec": {
                    "request": {
                        "method": "POST",
                        "url": f"{base}/{index}",
                        "headers": headers,
                        "payload": {"to": "{{ params.user }}", "number": index},
                    },
                    "authentication": authentication,
                    "parameters": {"user": {"type": "string", "label": "User", "example": "u-1"}},
                },
            }
        )
    return found
