"""PostHog's hog functions on this machine, as its API reference describes them.

A list shows no `inputs`, and the whole URL of the next page; `template_id` and `deleted` are taken and never shown;
a hard deletion is not allowed: one is patched to `deleted`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from support.collection import Answer, Collection

KEY = "phx_personal-key-of-posthog"
TAKEN = ("type", "name", "description", "enabled", "hog", "inputs", "filters", "template_id", "deleted")
BRIEF = (
    "id",
    "type",
    "name",
    "description",
    "created_at",
    "updated_at",
    "enabled",
    "hog",
    "filters",
    "template",
)


@dataclass
class PostHog(Collection):
    """The hog functions of one project."""

    base = "/api/projects/1/hog_functions"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/api/projects/1"

    def refused(self, headers: dict[str, str], query: dict[str, list[str]]) -> Answer | None:
        del query
        return None if headers.get("authorization") == f"Bearer {KEY}" else (401, {"detail": "no key"}, {})

    def do(self, method: str, identity: str, body: Any, headers: dict[str, str]) -> Answer:
        del headers
        if method == "DELETE":
            return 405, {"detail": "Hard delete of this model is not allowed."}, {}
        if other := set(body) - set(TAKEN):
            return 400, {"detail": f"what is {sorted(other)}?"}, {}
        if method == "POST":
            if not (body.get("template_id") == "template-webhook" and body["inputs"]["url"]["value"]):
                return 400, {"attr": "inputs__url", "detail": "This field is required."}, {}
            self.number += 1
            identity = f"018f-{self.number}"
            self.keep(identity, {"id": identity, "hog": "fetch(inputs.url)", "filters": None, **body})
            return 201, self.shown(identity), {}
        if identity not in self.objects:
            return 404, {"detail": "Not found."}, {}
        if body.get("deleted"):
            self.drop(identity)
            return 200, {"id": identity, "name": "gone"}, {}
        self.keep(identity, {**self.objects[identity], **body})
        return 200, self.shown(identity), {}

    def shown(self, identity: str) -> dict[str, Any]:
        one: dict[str, Any] = json.loads(json.dumps(self.objects[identity]))
        one["template"] = {
            "id": one.pop("template_id", "template-webhook"),
            "code": "…",
            "status": "stable",
        }
        for order, it in enumerate(one["inputs"].values()):
            it |= {"bytecode": ["_H", 1], "order": order}
        return {
            **one,
            "created_at": "2026-11-25T08:00:00Z",
            "updated_at": f"{one.pop('version')}",
            "mappings": None,
        }

    def page(self, query: dict[str, list[str]], fault: str) -> Answer:
        del fault
        there = sorted(self.objects)
        start = int(query.get("offset", ["0"])[0])
        kind = query.get("type", ["destination"])[0]
        shown = [self.shown(one) for one in there[start : start + self.page_size]]
        brief = [
            {key: one for key, one in it.items() if key in BRIEF} for it in shown if it["type"] == kind
        ]
        more = (
            f"{self.url}/hog_functions/?type={kind}&limit={self.page_size}&offset={start + self.page_size}"
        )
        following = more if start + self.page_size < len(there) else None
        return 200, {"count": len(there), "next": following, "previous": None, "results": brief}, {}
