"""Digests of what the units of a workspace depend on beside their own files."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from callsheet._version import __version__
from callsheet.compiling.context import Context
from callsheet.compiling.versions import own_digest, versions_of_dependencies
from callsheet.documents import Document
from callsheet.language.connection import Parts
from callsheet.language.plugins import secret_schemes


def part_digests(parts: Parts) -> dict[str, str]:
    """Return a digest of each connection and fragment, by address: of all that a unit depends on."""
    documents = {f"Connection/{name}": one.document for name, one in parts.connections.items()}
    documents |= {f"Fragment/{name}": one.document for name, one in parts.fragments.items()}
    found = {address: _digest_of(_document_parts(one)) for address, one in documents.items()}
    return found | dict.fromkeys(parts.invalid, "invalid")


def context_digest(record_format: int, context: Context) -> str:
    """Return a digest of everything beside its own text on which a unit depends."""
    parts = [
        record_format,
        __version__,
        own_digest(),
        versions_of_dependencies(),
        list(secret_schemes()),
        context.nowhere,
        [[one.name, [_document_parts(link) for link in one.chain]] for one in context.environments],
        [_document_parts(one.document) for one in context.policies],
    ]
    return _digest_of(parts)


def _digest_of(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _document_parts(document: Document) -> list[Any]:
    text = document.text.encode("utf-8", "surrogatepass")
    return [document.file, document.index, hashlib.sha256(text).hexdigest()]
