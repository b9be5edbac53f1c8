"""YAML text → the parser's events: libyaml where PyYAML has it, pure Python elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

PLAIN_STYLES = (None, "")
Events = Callable[[], Any]
"""Returns the parser's next event at each call."""


def libyaml_events(text: str) -> Events:
    """Parse by libyaml, the fast parser that most builds of PyYAML include."""
    return yaml.CSafeLoader(text).get_event


def python_events(text: str) -> Events:
    """Parse by PyYAML's own Python parser, where libyaml is absent."""
    return yaml.SafeLoader(text).get_event


events_of = libyaml_events if yaml.__with_libyaml__ else python_events
