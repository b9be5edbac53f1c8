"""CS317: what stands in the values of an environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.documents.walking import texts_in
from callsheet.language.catalog import Spots, rule

_TEMPLATE = re.compile(r"\{\{[^}]*\b(?:values|env|params|action)\.|\{%")
"""An expression over our own names, or a statement. `{{name}}` alone may be a template of the vendor's."""


@rule("CS317", "template-in-values", on="document")
def template_in_values(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A template inside `values` is not evaluated: it would be sent as it is written.

    Write the template where the value is used. A vendor's own placeholders (`{{name}}`) stay as they are.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {values: {host: api.example.com, url: "https://{{ values.host }}/v1"}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {values: {host: api.example.com, greeting: "Hello {{name}}"}}
    """
    spec = value.get("spec")
    if value.get("kind") != "Environment" or not isinstance(spec, dict):
        return
    for path, text in texts_in(spec.get("values"), ("spec", "values")):
        found = _TEMPLATE.search(text)
        if found is not None:
            yield at.value(
                path,
                "a template inside `values` is not evaluated: it would be sent as it is written",
                do="write the template in the action or in an overlay, where the value is used",
            )
