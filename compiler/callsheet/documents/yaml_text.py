"""Values → YAML text that 1.1 and 1.2 read alike: in a flow, in a block, or as a short document."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from callsheet.documents.scalars import number_for_both, resolve

_LINE = 100
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Dumper(yaml.SafeDumper):
    """Writes YAML in which a text is a text by YAML 1.1 and 1.2: `08` is a number by one of them.

    What a document shares with itself is written out each time: no one reads an anchor with ease.
    """

    def ignore_aliases(self, data: Any) -> bool:
        """Return that a value which is there twice is written twice."""
        del data
        return True


def _write_text(dumper: Dumper, value: str) -> yaml.ScalarNode:
    # PyYAML writes U+0085 as the line break that it also is.
    plain = resolve(value) == value and value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


Dumper.add_representer(str, _write_text)


def json_text(value: Any) -> str:
    """Return a value as JSON that YAML 1.1 reads alike: `1e+22` is a text there, `1.0e+22` is not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_text(key)}: {json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    written = json.dumps(value, ensure_ascii=False)
    return number_for_both(written) if isinstance(value, float) else written


def flow_text(value: Any) -> str:
    """Return a value as YAML on one line, that may be written in a flow as well as in a block."""
    if isinstance(value, str) and _WORD.match(value) and resolve(value) == value:
        return value
    text: str = yaml.dump(
        [value], Dumper=Dumper, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9
    )
    return text.strip()[1:-1]


def block_text(document: Mapping[str, Any]) -> str:
    """Return a document as YAML in which each field has lines of its own."""
    text: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_LINE)
    return text


def compact_text(document: Mapping[str, Any], indent: int = 0) -> str:
    """Return a document as YAML in which a field is one line where that is not a long one."""
    lines = []
    for key, value in document.items():
        line = "" if (indent, key) == (0, "spec") else f"{' ' * indent}{entry_text(key, value)}"
        if 0 < len(line) <= _LINE or not isinstance(value, dict | list):
            lines.append(line + "\n")
        elif isinstance(value, list):
            lines.append(textwrap.indent(_block({key: value}), " " * indent))
        else:
            lines.append(f"{' ' * indent}{flow_text(key)}:\n{compact_text(value, indent + 2)}")
    return "".join(lines)


def entry_text(key: str, value: Any) -> str:
    """Return a key of a block with its value, on one line."""
    if not isinstance(value, str):
        return f"{flow_text(key)}: {flow_text(value)}"
    return _block({key: value}).rstrip("\n")


def _block(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10**9)
    return text
