"""The rules, a module for each family; importing this fills the catalog.

CS1xx files and YAML · CS2xx schema · CS3xx names and references · CS4xx request · CS45x contracts ·
CS47x messages · CS5xx templates · CS6xx secrets · CS7xx policies · CS8xx target · CS9xx plan and apply.
The rules of a target stand where the target is.
"""

from callsheet.rules import (
    contracts,
    deployment,
    files,
    messages,
    names,
    policies,
    request,
    secrets,
    shape,
    target,
    templates,
    values,
)
from callsheet.targets.journey_optimizer import rules as journey_optimizer

__all__ = [
    "contracts",
    "deployment",
    "files",
    "journey_optimizer",
    "messages",
    "names",
    "policies",
    "request",
    "secrets",
    "shape",
    "target",
    "templates",
    "values",
]
