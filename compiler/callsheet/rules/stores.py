"""CS80x: where an environment deploys and records, as its document names it."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath
from typing import Any

from callsheet.documents import Document, Problem
from callsheet.language.catalog import Spots, declare, found_on, rule
from callsheet.language.plugins import plugins
from callsheet.rules.secrets import unknown_scheme
from callsheet.words import nearest

WITHOUT_LEDGER = ("journey-optimizer", "directory", "http")
"""Types of targets beside which nothing can be recorded."""

_GROUPS = {"target": "callsheet.targets", "ledger": "callsheet.ledgers"}


def check_stores(document: Document) -> list[Problem]:
    """Return what is wrong with the target and the ledger that a document of kind Environment names."""
    return list(found_on("stores", document))


def _stores(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields that name a store, with what they say."""
    for field in _GROUPS:
        if field in document.value["spec"]:
            yield field, document.value["spec"][field]


def _known(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield those of a type that there is: of another one, its options mean nothing."""
    for field, written in _stores(document):
        if written["type"] in plugins(_GROUPS[field]):
            yield field, written


def _recorded(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield those whose ledger is named: what else is wrong is reported when it is."""
    for field, written in _known(document):
        if not _lacks_ledger(document, written):
            yield field, written


def _lacks_ledger(document: Document, written: dict[str, Any]) -> bool:
    return written["type"] in WITHOUT_LEDGER and "ledger" not in document.value["spec"]


@rule("CS801", "unknown-target", on="stores")
def unknown_target(document: Document, code: str) -> Iterator[Problem]:
    """The type of a target or ledger must be one that callsheet knows, or that a plug-in adds.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: sqlit, path: .callsheet/local.db}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: sqlite, path: .callsheet/local.db}}
    """
    for field, written in _stores(document):
        kind, known = written["type"], list(plugins(_GROUPS[field]))
        if kind not in known:
            yield Spots(code, document).value(
                ("spec", field, "type"),
                f"there is no {field} of type `{kind}`" + nearest(kind, known),
                do=f"the types are: {', '.join(known)}",
            )


@rule("CS802", "target-path", on="stores")
def target_path(document: Document, code: str) -> Iterator[Problem]:
    """The file of a target or ledger must be named by a path inside the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: sqlite, path: ../../elsewhere.db}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: sqlite, path: .callsheet/local.db}}
    """
    for field, written in _recorded(document):
        if written["type"] not in ("sqlite", "directory"):
            continue
        path, is_database = written.get("path"), written["type"] == "sqlite"
        if not isinstance(path, str):
            # The schema cannot say which types have a path.
            yield Spots("CS204", document).key(
                ("spec", field),
                f"`spec.{field}` lacks `path`",
                do="add `path`, " + ("the file of the database" if is_database else "the folder"),
            )
        elif any(not one.isprintable() for one in path):
            yield Spots(code, document).value(
                ("spec", field, "path"),
                "the path contains a character that is not allowed in one",
                do="use plain letters",
            )
        elif not _is_inside(path):
            yield Spots(code, document).value(
                ("spec", field, "path"),
                "the path leads out of the workspace",
                do="name one inside it, such as .callsheet/production" + (".db" if is_database else ""),
            )


def _is_inside(path: str) -> bool:
    return not path.startswith(("/", "~")) and "\\" not in path and ".." not in path.split("/")


@rule("CS810", "target-is-workspace", on="stores")
def target_is_workspace(document: Document, code: str) -> Iterator[Problem]:
    """The folder of a directory target must not be the workspace itself.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec:
          target: {type: directory, path: .}
          ledger: {type: sqlite, path: .callsheet/local.db}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec:
          target: {type: directory, path: deployed/local}
          ledger: {type: sqlite, path: .callsheet/local.db}
    """
    for field, written in _recorded(document):
        path = written.get("path")
        if written["type"] != "directory" or not isinstance(path, str):
            continue
        if _is_inside(path) and normpath(path) == ".":
            yield Spots(code, document).value(
                ("spec", field, "path"),
                "the folder is the workspace itself",
                do="name a separate folder for the deployed files, such as deployed/production",
            )


declare(
    "CS803",
    "no-target",
    """An environment must have a target to be planned for; one without is abstract.""",
)


@rule("CS805", "no-ledger", on="stores")
def no_ledger(document: Document, code: str) -> Iterator[Problem]:
    """A target that cannot hold a ledger (a folder, Journey Optimizer) needs a separate one.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: journey-optimizer, sandbox: prod}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec:
          target: {type: journey-optimizer, sandbox: prod}
          ledger: {type: sqlite, path: .callsheet/local.db}
    """
    for field, written in _known(document):
        if _lacks_ledger(document, written):
            yield Spots(code, document).key(
                ("spec", field),
                f"a target of type {written['type']} cannot hold a ledger: the environment needs its own",
                do="write `ledger: {type: sqlite, path: .callsheet/NAME.db}`, or a PostgreSQL",
            )


@rule("CS806", "adobe-account", on="stores")
def adobe_account(document: Document, code: str) -> Iterator[Problem]:
    """A target with `api` must name its `organization` and `sandbox`: both are sent with each call.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: journeys}
        spec:
          target:
            type: journey-optimizer
            sandbox: prod
            api: {clientId: {secret: "env:ADOBE_CLIENT_ID"}, clientSecret: {secret: "env:ADOBE_CLIENT_SECRET"}}
          ledger: {type: sqlite, path: .callsheet/journeys.db}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: journeys}
        spec:
          target:
            type: journey-optimizer
            organization: 0A7F@AdobeOrg
            sandbox: prod
            api: {clientId: {secret: "env:ADOBE_CLIENT_ID"}, clientSecret: {secret: "env:ADOBE_CLIENT_SECRET"}}
          ledger: {type: sqlite, path: .callsheet/journeys.db}
    """  # noqa: E501 - an example
    for field, written in _recorded(document):
        if written["type"] != "journey-optimizer" or "api" not in written:
            continue
        lacking = [one for one in ("organization", "sandbox") if not written.get(one)]
        if lacking:
            yield Spots(code, document).key(
                ("spec", field, "api"),
                f"`spec.{field}` has `api` without {' and '.join(f'`{one}`' for one in lacking)}",
                do="name the organization's id and the sandbox of the account",
            )


@rule("CS804", "database-url", on="stores")
def database_url(document: Document, code: str) -> Iterator[Problem]:
    """The connection URL of a PostgreSQL target or ledger must be a reference to a secret.

    So no file of the workspace names the host of the database, or contains a password.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: postgresql, url: postgresql://db.example.com/callsheet}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}}
    """
    spots = Spots(code, document)
    do = 'write a reference, such as url: {secret: "env:CALLSHEET_DATABASE"}'
    for field, written in _recorded(document):
        if written["type"] not in ("postgresql", "http"):
            continue
        if "url" not in written:
            yield spots.key(("spec", field), f"`spec.{field}` lacks `url`", do=do)
        elif not isinstance(written["url"], dict):
            yield spots.value(("spec", field, "url"), "the connection URL is written as plain text", do=do)
        else:
            fault = unknown_scheme(written["url"]["secret"].partition(":")[0])
            if fault is not None:
                yield spots.value(("spec", field, "url", "secret"), fault[0], do=fault[1])
