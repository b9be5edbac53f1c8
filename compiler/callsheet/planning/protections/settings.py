"""Settings, ignored files, signers and silenced findings before and after → what is no longer checked."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from callsheet.compiling import Compiled
from callsheet.compiling.surroundings import Surroundings, documents_of
from callsheet.documents import Document, Path
from callsheet.documents.sources import IGNORE_FILE
from callsheet.language.catalog import RULES
from callsheet.planning.protections.model import Protection, place_of, protection, quoted
from callsheet.rules.ignores import Silencing
from callsheet.words import counted

_WEIGHT = {"off": 0, "warning": 1, "error": 2}


def setting_protections(before: Compiled, after: Compiled) -> Iterator[Protection]:
    """Return which findings count less than before, or are accepted."""
    old, new = before.settings, after.settings
    document = new.document or old.document
    if document is None:
        return
    for code in sorted({*old.severity, *new.severity}):
        rule = RULES.get(code)
        if rule is None or not rule.adjustable:
            continue
        was, now = (str(it.severity.get(code, rule.severity)) for it in (old, new))
        if was != now:
            lower = _WEIGHT[now] < _WEIGHT[was]
            yield protection(
                document.file,
                f"{code} ({rule.name}) is {now} instead of {was}",
                "severity-lowered" if lower else "severity-raised",
                "sensitive" if lower else "compatible",
                path=("spec", "severity", code),
                place=place_of(document, ("spec", "severity", code)) if new.document else None,
            )
    accepted = ({(one.code, one.file): one.reason for one in it.accepted} for it in (old, new))
    was_accepted, now_accepted = accepted
    for (code, file), reason in now_accepted.items():
        if (code, file) not in was_accepted:
            index = next(at for at, one in enumerate(new.accepted) if (one.code, one.file) == (code, file))
            yield protection(
                document.file,
                f"{code} is accepted in `{file}`: {reason}",
                "finding-accepted",
                path=("spec", "ignore", index),
                place=place_of(document, ("spec", "ignore", index)),
            )
    for code, file in was_accepted:
        if (code, file) not in now_accepted:
            words = f"{code} is no longer accepted in `{file}`"
            yield protection(document.file, words, "finding-counts-again", "compatible")


def ignore_protections(
    before: Surroundings, after: Surroundings, hidden: Sequence[str]
) -> Iterator[Protection]:
    """Return which files vanish by `.callsheetignore`; `hidden` are those that are still there."""
    added = [one for one in after.ignore if one not in before.ignore]
    removed = [one for one in before.ignore if one not in after.ignore]
    place = (IGNORE_FILE, after.ignore.index(added[0]) + 1, 1) if added else None
    if hidden:
        words = f"{counted(len(hidden), 'file')} no longer read: {quoted(hidden)}"
        yield protection(IGNORE_FILE, words, "files-ignored", place=place)
    elif added:
        words = f"it newly names {quoted(added)}, which match no file that was read"
        yield protection(IGNORE_FILE, words, "ignore-file-changed", "compatible", place=place)
    if removed and not hidden:
        words = f"it no longer names {quoted(removed)}"
        yield protection(IGNORE_FILE, words, "ignore-file-changed", "compatible")


def signer_protections(before: Surroundings, after: Surroundings) -> Iterator[Protection]:
    """Return who may newly approve a plan, or confirm steps, and who no longer may."""
    for file in sorted({*before.signers, *after.signers}):
        was, now = (_signers(it.signers.get(file)) for it in (before, after))
        may = "confirm steps" if file in before.confirming | after.confirming else "approve plans"
        lines = list(now)
        names = Counter(_principal(one) for one in was if one not in now)
        for line in lines:
            if line in was:
                continue
            name = _principal(line)
            replaced = names[name] > 0
            names[name] -= replaced
            words = f"another key or other options for `{name}`" if replaced else f"`{name}` may {may}"
            reason = "signer-changed" if replaced else "signer-added"
            place = (file, now[line], 1)
            yield protection(file, f"{words}: {_key(line)}", reason, place=place)
        for name, number in names.items():
            if number > 0:
                yield protection(file, f"`{name}` may no longer {may}", "signer-removed")


def _signers(text: str | None) -> dict[str, int]:
    """Return the lines that name a signer, with their numbers.

    As ssh-keygen reads them: lines end with a line feed, and only spaces and tabs are space.
    """
    found = {}
    for at, line in enumerate((text or "").split("\n"), 1):
        words = line.rstrip("\r").replace("\t", " ").split(" ")
        shown = " ".join(one for one in words if one)
        if shown and not shown.startswith("#"):
            found[shown] = at
    return found


def _principal(line: str) -> str:
    return line.partition(" ")[0]


def _key(line: str) -> str:
    """Return what a line says of a signer, its key as the fingerprint that `ssh-keygen -l` shows."""
    return " ".join(_fingerprint(one) if len(one) >= 40 else one for one in line.split(" ")[1:])


def _fingerprint(key: str) -> str:
    try:
        digest = hashlib.sha256(base64.b64decode(key, validate=True)).digest()
    except ValueError:
        return key
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def silencing_protections(before: Surroundings, after: Surroundings) -> Iterator[Protection]:
    """Return the comments that newly silence a finding, wherever the file that contains them was before."""
    was = Counter(where for _, where in _silenced(before))
    for one, where in _silenced(after):
        if was[where] > 0:
            was[where] -= 1
            continue
        subject, path, code = where
        yield protection(
            subject,
            f"a comment silences {code} at `{path or one.file}`",
            "finding-silenced",
            place=(one.file, one.line, 1),
        )


def _silenced(side: Surroundings) -> Iterator[tuple[Silencing, tuple[str, str, str]]]:
    """Say for each comment what it silences: in which document, at which field, which code."""
    if not side.silencings:
        return
    documents: dict[str, list[Document]] = {}
    for document in documents_of(side.compiled):
        documents.setdefault(document.file, []).append(document)
    for one in side.silencings:
        yield one, (*_field_at(documents.get(one.file, []), one), one.code)


def _field_at(documents: Sequence[Document], one: Silencing) -> tuple[str, str]:
    for document in sorted(documents, key=lambda it: -it.line):
        if document.line <= one.target_line:
            paths = [path for path, span in document.places.keys.items() if span.line == one.target_line]
            value = document.value
            subject = f"{value['kind']}/{value['metadata']['name']}"
            first: Path = min(paths, key=len, default=())
            return subject, ".".join(map(str, first))
    return one.file, ""
