"""Adobe's own API descriptions, corrected for the faults that are known of them, for a judge to go by.

The corrections are those that Adobe's pages show (`../shared/reference/adobe/SOURCE.md` lists them): the
property `action|dataSource` stands for one of the two; `orgId` is left out of requests; codes of `canDeploy`
are texts; bodies of throttling are objects; and it is called OPTIONS. The journeys' description joins as it is.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import yaml

METHODS = {
    "type": "array",
    "items": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]},
    "minItems": 1,
}
THROTTLING = {
    "type": "object",
    "required": ["urlPattern", "methods", "maxThroughput"],
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "urlPattern": {"type": "string"},
        "methods": METHODS,
        "maxThroughput": {"type": "integer"},
    },
    "additionalProperties": False,
}
BASE = "/journey/orchestration"


def write_description(folder: Path, target: Path) -> None:
    """Write one description of both, with the paths of the gateway."""
    configs = yaml.safe_load((folder / "journeys-throttling.yaml").read_text("utf-8"))
    journeys = yaml.safe_load((folder / "journey-retrieve.yaml").read_text("utf-8"))
    _correct(configs["paths"])
    paths = {f"{BASE}{path}": one for path, one in configs["paths"].items()}
    for path, operations in paths.items():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for media in content.values():
                if "throttlingConfigs" in path and "/list/" not in path:
                    media["schema"] = copy.deepcopy(THROTTLING)
                elif "/list/" not in path:
                    media["schema"]["additionalProperties"] = False
    merged = {
        "openapi": "3.0.3",
        "info": {"title": "Adobe", "version": "1"},
        "paths": {**paths, **journeys["paths"]},
        "components": journeys["components"],
    }
    target.write_text(json.dumps(merged, default=str), "utf-8")


def _correct(node: Any) -> None:
    if isinstance(node, list):
        for one in node:
            _correct(one)
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    if isinstance(properties, dict):
        if "action|dataSource" in properties:
            service = properties.pop("action|dataSource")
            properties |= {"action": service, "dataSource": copy.deepcopy(service)}
            node |= {"minProperties": 1, "additionalProperties": False}
        if "methods" in properties:
            properties["methods"] = copy.deepcopy(METHODS)
        if "errorCode" in properties:
            properties["errorCode"] = {"type": "string"}
    if isinstance(node.get("required"), list):
        node["required"] = [one for one in node["required"] if one not in ("orgId", "action|dataSource")]
        if not node["required"]:
            del node["required"]
    for one in list(node.values()):
        _correct(one)
