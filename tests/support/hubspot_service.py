"""HubSpot's custom workflow actions on this machine: what comes and goes is judged by HubSpot's own Python client.

Source: the models of `hubspot-api-client` (generated from HubSpot's description, `automation.actions`): which members
there are, which are required, which values they take; an update is a PATCH that knows no `functions`; a deletion archives.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from support.collection import Answer, Collection

KEY = "d3v3l0per-key-of-hubspot"
APP = "1234567"


class _Response:
    def __init__(self, data: Any) -> None:
        self.data = json.dumps(data)


def fault_of(value: Any, model: str) -> str:
    """Say what HubSpot's client has against a value as one of its models; empty where nothing."""
    from hubspot.automation.actions import ApiClient, Configuration, models

    configuration = Configuration()
    configuration.client_side_validation = True
    try:
        ApiClient(configuration).deserialize(_Response(value), model)
    except (ValueError, TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    return _unknown(value, model, models)


def _unknown(value: Any, kind: str, models: Any) -> str:
    """Name a member that a model does not have."""
    if found := re.fullmatch(r"list\[(.*)\]", kind):
        return next((it for one in value if (it := _unknown(one, found[1], models))), "")
    if found := re.fullmatch(r"dict\[str, (.*)\]", kind):
        return next((it for one in value.values() if (it := _unknown(one, found[1], models))), "")
    model = getattr(models, kind, None)
    if model is None or not isinstance(value, dict):
        return ""
    kinds = {model.attribute_map[name]: one for name, one in model.openapi_types.items()}
    for key, one in value.items():
        if key not in kinds:
            return f"{kind} has no {key}"
        if one is not None and (inner := _unknown(one, kinds[key], models)):
            return inner
    return ""


@dataclass
class HubSpot(Collection):
    """The actions of one app. `base` is the collection's path."""

    base = f"/automation/v4/actions/{APP}"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def name(self, one: dict[str, Any]) -> str:
        return str(one["labels"]["en"]["actionName"])

    def refused(self, headers: dict[str, str], query: dict[str, list[str]]) -> Answer | None:
        del headers
        return None if query.get("hapikey") == [KEY] else (401, {"message": "no key"}, {})

    def do(self, method: str, identity: str, body: Any, headers: dict[str, str]) -> Answer:
        del headers
        if method == "POST":
            if fault := fault_of(body, "PublicActionDefinitionEgg"):
                return 400, {"message": fault}, {}
            self.number += 1
            identity = str(9_000 + self.number)
            self.keep(identity, {**body, "id": identity})
            return 201, self.shown(identity), {}
        if identity not in self.objects:
            return 404, {"message": "no such action"}, {}
        if method == "DELETE":
            self.drop(identity)
            return 204, None, {}
        if fault := fault_of(body, "PublicActionDefinitionPatch"):
            return 400, {"message": fault}, {}
        self.keep(identity, {**self.objects[identity], **body})
        return 200, self.shown(identity), {}

    def shown(self, identity: str) -> dict[str, Any]:
        one = json.loads(json.dumps(self.objects[identity]))
        one["revisionId"] = str(one.pop("version"))
        for language in one["labels"].values():
            language |= {"inputFieldLabels": {}, "outputFieldLabels": {}}
        for it in one["inputFields"]:
            it["automationFieldType"] = "text"
            it["typeDefinition"] |= {"fieldType": "text", "referencedObjectType": None}
        assert fault_of(one, "PublicActionDefinition") == ""
        return dict(one)

    def page(self, query: dict[str, list[str]], fault: str) -> Answer:
        del fault
        there = sorted(self.objects)
        start = int(query.get("after", ["0"])[0])
        found: dict[str, Any] = {
            "results": [self.shown(one) for one in there[start : start + self.page_size]]
        }
        if start + self.page_size < len(there):
            found["paging"] = {
                "next": {"after": str(start + self.page_size), "link": "https://api.hubapi.com/next"}
            }
        assert fault_of(found, "CollectionResponsePublicActionDefinitionForwardPaging") == ""
        return 200, found, {}
