"""YAML text → the parser's events: libyaml where PyYAML has it, pure Python elsewhere."""

from __future__ import annotations

import yaml

from callsheet.documents.yaml_surrogates import Events, with_characters

PLAIN_STYLES = (None, "")

__all__ = ["PLAIN_STYLES", "Events", "events_of", "libyaml_events", "python_events"]


def libyaml_events(text: str) -> Events:
    """Parse by libyaml, the fast parser that most builds of PyYAML include."""
    return with_characters(lambda one: yaml.CSafeLoader(one).get_event, text)


def python_events(text: str) -> Events:
    """Parse by PyYAML's own Python parser, where libyaml is absent."""
    return with_characters(lambda one: yaml.SafeLoader(one).get_event, text)


events_of = libyaml_events if yaml.__with_libyaml__ else python_events
