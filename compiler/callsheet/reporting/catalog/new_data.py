"""What the page for a new action needs of the workspace and of the compiler, as scripts beside it.

One is read with the page; the operations of each contract are a script of their own, read when the contract
is chosen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from callsheet.documents.parsed import MAX_DEPTH
from callsheet.importing.action_text import CONTRACTS, VENDORS
from callsheet.importing.credentials import patterns
from callsheet.importing.host_words import BELOW_COUNTRIES
from callsheet.importing.starts import Start, Starts
from callsheet.language.masking import masked
from callsheet.language.plugins import secret_schemes
from callsheet.language.schema_check import schema
from callsheet.language.secret_patterns import forms_of_credentials

MOST_LINK = 8_000
"""How long a link to a host's page may be: servers refuse longer ones."""
_GITLAB = re.compile(r"(?P<before>https?://[^?#]+/-/)(?:blob|tree)/(?P<after>[^?#]+)")
_GITHUB = re.compile(r"(?P<before>https?://[^/?#]+/[^/?#]+/[^/?#]+/)(?:blob|tree)/(?P<after>[^?#]+)")


def known_of_curl() -> dict[str, Any]:
    """Return by what the page reads a curl line as the compiler does."""
    return {
        "patterns": patterns(),
        "vendors": VENDORS,
        "contracts": CONTRACTS,
        "belowCountries": BELOW_COUNTRIES,
    }


def known_of_secrets() -> dict[str, Any]:
    """Return by what the page finds credentials in a document, as the compiler does."""
    kinds, of_a_device = forms_of_credentials()
    return {
        "patterns": patterns(),
        "kinds": [
            (kind, one.pattern.removeprefix("(?i)"), "i" if one.flags & re.IGNORECASE else "")
            for kind, one in kinds
        ],
        "ofADevice": of_a_device.pattern,
        "schemes": [*secret_schemes()],
    }


def scripts_of(
    starts: Starts, taken: Collection[str], severity: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the scripts by their paths.

    Args:
        starts: what there is to start from.
        taken: the names that the workspace has already.
        severity: how it takes the findings that it may take otherwise, by code.

    """
    found = {f"new/{number}.js": one.starts for number, one in enumerate(starts.contracts, 1) if one.starts}
    data = {
        "schema": json.dumps(schema("action"), ensure_ascii=False),
        "deepest": MAX_DEPTH,
        "taken": sorted(taken),
        "curl": known_of_curl(),
        "secrets": known_of_secrets(),
        "severity": severity or {},
        "blank": _start(starts.blank) if starts.blank is not None else None,
        "samples": [*map(_start, starts.samples)],
        "connections": [*map(_start, starts.connections)],
        "contracts": [
            {
                "reference": masked(one.reference),
                "title": one.title,
                "why": masked(one.why),
                "left": one.left,
                "more": one.more,
                "script": f"new/{number}.js" if one.starts else "",
            }
            for number, one in enumerate(starts.contracts, 1)
        ],
    }
    return {
        "new/data.js": _script("callsheetData", "", data),
        **{
            path: _script("callsheetStarts", path, [*map(_start, several)])
            for path, several in found.items()
        },
    }


def host_of(link_base: str) -> dict[str, str] | None:
    """Return the page of a host on which a new file is written, by what leads to the workspace's files.

    None where the address has the form of neither GitHub's nor GitLab's.
    """
    for kind, pattern in (("GitLab", _GITLAB), ("GitHub", _GITHUB)):
        if found := pattern.fullmatch(link_base.rstrip("/")):
            return {"kind": kind, "url": f"{found['before']}new/{found['after']}"}
    return None


def _start(one: Start) -> Mapping[str, Any]:
    findings = one.findings
    return {
        "label": one.label,
        "title": one.title,
        "folder": one.folder,
        "head": one.head,
        "document": one.document,
        "files": one.files,
        "values": one.values,
        "findings": None
        if findings is None
        else [
            {
                "severity": it.severity,
                "code": it.code,
                "message": masked(it.message),
                "help": masked(it.help),
            }
            for it in findings
        ],
    }


def _script(name: str, key: str, value: Any) -> str:
    """Return a script that hands a value over as JSON text, so that whole numbers are told from others."""
    return f"{name}({json.dumps(key)}, {json.dumps(json.dumps(value, ensure_ascii=False))});\n"
