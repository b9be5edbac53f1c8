"""The rules, a module for each family; importing this fills the catalog.

CS1xx files and YAML · CS2xx schema · CS3xx names and references · CS4xx request · CS45x contracts ·
CS47x messages · CS5xx rendering · CS6xx secrets · CS7xx policies · CS8xx target · CS9xx plan and apply.
"""

from callsheet.language.rules import (
    contracts,
    deployment,
    endpoints,
    files,
    journey,
    journey_payload,
    messages,
    names,
    orchestration,
    policies,
    rendering,
    request,
    secrets,
    shape,
    target,
    values,
)

__all__ = [
    "contracts",
    "deployment",
    "endpoints",
    "files",
    "journey",
    "journey_payload",
    "messages",
    "names",
    "orchestration",
    "policies",
    "rendering",
    "request",
    "secrets",
    "shape",
    "target",
    "values",
]
