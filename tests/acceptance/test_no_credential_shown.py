"""No command shows a credential that callsheet finds, in any format, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from support.credential_places import CONTRACTS, JOINED, KEY, PLACED, PLACES, SECRET, SET, mail
from support.workspaces import ACTION, Callsheet, Folder

COMMANDS = [
    *(("validate", "-o", one) for one in ("text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab")),
    *(("list", "-o", one) for one in ("text", "json", "markdown", "html")),
    *(("plan", "-e", "local", "-o", one) for one in ("text", "json", "markdown", "html")),
    *(("test", "-o", one) for one in ("text", "json", "junit")),
    ("render", "-e", "local", "--all"),
    ("render", "other"),
    ("diff", "-e", "local"),
    ("preview", "mail"),
    ("show", "other", "-e", "local"),
    ("usage", "-e", "local"),
    ("fmt", "--check"),
    ("fmt", "--diff"),
    ("catalog", "-e", "local", "--out", "OUT"),
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES | CONTRACTS)
def test_no_credential_is_shown(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, place: str
) -> None:
    for name, text in (PLACES | CONTRACTS)[place].items():
        workspace.write(name, text.replace("PLACED", PLACED))
    shown: list[str] = []
    for words in COMMANDS:
        outcome = callsheet(
            *[one.replace("OUT", str(tmp_path / "site")) for one in words], "-C", workspace.path
        )
        assert "CS999" not in outcome.out + outcome.err
        said = {" ".join(words): outcome.out + outcome.err}
        if words[0] == "catalog":
            assert (tmp_path / "site" / "index.html").is_file(), outcome
            said = {
                str(one.relative_to(tmp_path)): one.name + one.read_text()
                for one in (tmp_path / "site").rglob("*")
                if one.is_file()
            }
        shown += [
            f"{where}: {_beside(text, it)}"
            for where, text in said.items()
            for it in (SECRET, KEY, PLACED)
            if it in text
        ]
    assert not shown


def _beside(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(at - 60, 0) : at + len(secret) + 30]


def test_what_is_named_by_a_credential_is_reported(
    workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    """The file, the folder and the name are found in; what is in them is not read."""
    for file, name in ((f"{KEY}.yaml", "one"), (f"{KEY}/it.yaml", "two"), ("three.yaml", KEY)):
        workspace.write(file, ACTION.format(name=name, constant="1"))
    workspace.write("rows.yaml", SET.replace("rows.csv", f"{KEY}.csv"))
    workspace.write(
        "mail.yaml",
        mail(html=f"html: {JOINED}")["mail.yaml"]
        .replace("values.one", f"'{SECRET[:9]}'")
        .replace("values.two", f"'{SECRET[9:]}'"),
    )
    workspace.write(
        "commented.yaml", ACTION.format(name="commented", constant=f'"a # {SECRET}"') + f"#{KEY}\n"
    )
    assert callsheet("validate", "-C", workspace.path).out == snapshot
    assert callsheet("list", "-C", workspace.path).out == snapshot
