"""Where an environment deploys and records: is the type known, is the path inside the workspace?"""

from __future__ import annotations

from posixpath import normpath
from typing import Any

from callsheet.documents import Document, Problem
from callsheet.language.catalog import Spots
from callsheet.language.plugins import plugins, secret_schemes
from callsheet.language.schema_check import nearest

WITHOUT_LEDGER = ("journey-optimizer", "directory", "http")
"""Types of targets beside which nothing can be recorded."""


def check_addresses(document: Document) -> list[Problem]:
    """Return what is wrong with the target and the ledger that a document of kind Environment names."""
    problems: list[Problem] = []
    spec = document.value["spec"]
    for field, group in (("target", "callsheet.targets"), ("ledger", "callsheet.ledgers")):
        if field in spec:
            problems += _check(document, field, spec[field], list(plugins(group)))
    return problems


def _check(document: Document, field: str, written: dict[str, Any], known: list[str]) -> list[Problem]:
    kind = written["type"]
    if kind not in known:
        return [
            Spots("CS801", document).value(
                ("spec", field, "type"),
                f"there is no {field} of type `{kind}`" + nearest(kind, known),
                do=f"the types are: {', '.join(known)}",
            )
        ]
    if kind in WITHOUT_LEDGER and "ledger" not in document.value["spec"]:
        return [
            Spots("CS805", document).key(
                ("spec", field),
                f"a target of type {kind} cannot hold a ledger: the environment needs its own",
                do="write `ledger: {type: sqlite, path: .callsheet/NAME.db}`, or a PostgreSQL",
            )
        ]
    if kind == "journey-optimizer" and "api" in written:
        lacking = [one for one in ("organization", "sandbox") if not written.get(one)]
        if lacking:
            return [
                Spots("CS806", document).key(
                    ("spec", field, "api"),
                    f"`spec.{field}` has `api`, and lacks {' and '.join(f'`{one}`' for one in lacking)}",
                    do="write whose account it is: the organization's id, and the sandbox's name",
                )
            ]
    if kind in ("postgresql", "http"):
        return _check_url(document, field, written)
    if kind not in ("sqlite", "directory"):
        return []
    if not isinstance(written.get("path"), str):
        return [
            Spots("CS204", document).key(
                ("spec", field),
                f"`spec.{field}` lacks `path`",
                do="add `path`, " + ("the file of the database" if kind == "sqlite" else "the folder"),
            )
        ]
    if any(not one.isprintable() for one in written["path"]):
        return [
            Spots("CS802", document).value(
                ("spec", field, "path"),
                "the path contains a character that no file name should have",
                do="write it in plain letters",
            )
        ]
    parts = written["path"].split("/")
    if written["path"].startswith(("/", "~")) or "\\" in written["path"] or ".." in parts:
        return [
            Spots("CS802", document).value(
                ("spec", field, "path"),
                "the path leads out of the workspace",
                do="name one inside it, as .callsheet/production" + (".db" if kind == "sqlite" else ""),
            )
        ]
    if kind == "directory" and normpath(written["path"]) == ".":
        return [
            Spots("CS810", document).value(
                ("spec", field, "path"),
                "the folder is the workspace itself",
                do="name a folder of its own for what is deployed, as deployed/production",
            )
        ]
    return []


def _check_url(document: Document, field: str, written: dict[str, Any]) -> list[Problem]:
    """Check that the URL is referred to: so a workspace names no host, and no password."""
    spots = Spots("CS804", document)
    do = 'write a reference, as url: {secret: "env:CALLSHEET_DATABASE"}'
    if "url" not in written:
        return [spots.key(("spec", field), f"`spec.{field}` lacks `url`", do=do)]
    if not isinstance(written["url"], dict):
        return [spots.value(("spec", field, "url"), "the connection URL is written literally", do=do)]
    scheme = written["url"]["secret"].partition(":")[0]
    if scheme not in secret_schemes():
        return [
            spots.value(
                ("spec", field, "url", "secret"),
                f"the scheme `{scheme[:20]}` of the secret is unknown" + nearest(scheme, secret_schemes()),
                do=f"the schemes are: {', '.join(secret_schemes())}",
            )
        ]
    return []
