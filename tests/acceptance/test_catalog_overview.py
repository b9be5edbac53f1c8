"""The overview of the catalog: states, drift, what is open, applies over time, and what expires."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from callsheet.reporting.catalog.wording import moment
from support.journeys import SEVEN, write
from support.workspaces import ACTION, Callsheet, Folder


class _Page(HTMLParser):
    """Collects the text of a page, its tables as rows, and the titles of its plots."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.bars: list[str] = []
        self.text = ""
        self.within: list[str] = []
        self.feed(page)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "rect":
            self.bars.append(f"{dict(attrs)['class']} {float(dict(attrs)['width'] or 0):g}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            while self.within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if "title" in self.within and "rect" in self.within:
            self.bars[-1] += f" {data}"
        if "tr" in self.within and data.strip():
            self.rows[-1][-1] += data.strip()


def overview(
    callsheet: Callsheet, workspace: Folder, out: Path, *more: str, page: str = "overview"
) -> _Page:
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return _Page((out / f"{page}.html").read_text("utf-8"))


def test_states_and_drift_are_shown_in_plot_and_table(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    for name in ("drifted", "gone", "missing"):
        workspace.action(name)
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    workspace.remove("gone")
    workspace.action("fresh")
    with sqlite3.connect(workspace.database) as database:
        database.execute(
            "UPDATE registry_action SET compiled = replace(compiled, '1', '3') WHERE name = 'drifted'"
        )
        database.execute("DELETE FROM registry_action WHERE name = 'missing'")
    found = overview(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert ["local", "1", "1", "2", "1", ""] in found.rows
    assert found.rows[0] == [
        "Environment",
        "deployed",
        "not deployed",
        "drifted",
        "no longer defined",
        "Why it is not known",
    ]
    assert found.bars[:4] == [
        "deployed 90 deployed: 1",
        "new 90 not deployed: 1",
        "drifted 180 drifted: 2",
        "gone 90 no longer defined: 1",
    ]
    assert "local Action/drifted changed at the target" in found.text
    assert "local Action/missing no longer deployed" in found.text
    assert "payload field fixed changed" in found.text.partition(" Drift ")[2].partition(" Open ")[0]
    assert "local no longer defined: Action/gone" in found.text


def test_applies_are_counted_by_week_and_environment(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    for constant, days in (("2", 14), ("3", 0)):
        workspace.action(constant=constant)
        apply = ("apply", "--yes", "-q", "--accept", "max-update", "-C", workspace.path)
        assert callsheet(*apply).code == 0
        if days:
            before = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
            with sqlite3.connect(workspace.database) as database:
                query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for (name,) in database.execute(query).fetchall():
                    database.execute(f"DROP TRIGGER {name}")
                database.execute("UPDATE ledger_apply SET started_at = ? WHERE serial = 2", (before,))
                database.execute("UPDATE ledger_apply SET started_at = 'soon' WHERE serial = 1")
    found = overview(callsheet, workspace, tmp_path / "site", "-e", "local")
    today = date.today()  # noqa: DTZ011 - the weeks of the test are those of its own day
    monday = today - timedelta(days=today.weekday())
    weeks = [moment((monday - timedelta(weeks=one)).isoformat(), "en") for one in (2, 1, 0)]
    rows = [one for one in found.rows if one[0] in weeks]
    assert rows == [[weeks[0], "1"], [weeks[1], ""], [weeks[2], "1"]]
    assert len([one for one in found.bars if one.startswith("deployed 28")]) == 2


def test_what_is_open_is_named_with_the_way_on(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    with sqlite3.connect(workspace.database) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("DELETE FROM ledger_end")
        database.execute("DELETE FROM ledger_outcome")
    found = overview(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert re.search(
        r"local apply interrupted \d+\s\w+ 20\d\d, \S+\sUTC by \S+: Action/example · callsheet apply -e local ",
        found.text,
    )


def test_steps_by_hand_are_open(empty: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    write(empty, **SEVEN)
    found = overview(callsheet, empty, tmp_path / "site", "-e", "journeys")
    names = ", ".join(sorted(SEVEN))
    assert f"journeys by hand, and open: {names} · callsheet apply -e journeys --pack PACK" in found.text


def test_exceptions_say_how_many_days_are_left(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("later")
    today = datetime.now(UTC).date()
    ends = {"example": today + timedelta(days=9), "later": today + timedelta(days=90)}
    exceptions = [
        {"action": name, "reason": "<b>not yet</b>", "until": until.isoformat()}
        for name, until in ends.items()
    ]
    workspace.write(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: owned}\nspec:\n  message: it has an owner\n"
        f"  schema: {{required: [owner]}}\n  exceptions: {json.dumps(exceptions)}\n",
    )
    found = overview(callsheet, workspace, tmp_path / "site", page="fr/overview")
    until = {name: moment(one.isoformat(), "fr") for name, one in ends.items()}
    page = (tmp_path / "site/fr/actions/later.html").read_text("utf-8")
    assert re.search(f"exception jusqu&#39;au <time [^>]*>{until['later']}</time>", page)
    rows = [one for one in found.rows if one[:1] and one[0] in until.values()]
    assert rows == [
        [until["example"], "9 jours", "owned", "example", "<b>not yet</b>"],
        [until["later"], "90 jours", "owned", "later", "<b>not yet</b>"],
    ]
    assert f"soon 45 {until['example']}\u00a0: 9 jours" in found.bars
    assert f"later 450 {until['later']}\u00a0: 90 jours" in found.bars


def test_an_exception_that_has_expired_is_not_said_to_hold(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    exceptions = [{"action": "example", "reason": "not yet", "until": "2020-10-31"}]
    workspace.write(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: owned}\nspec:\n  message: it has an owner\n"
        f"  schema: {{required: [owner]}}\n  exceptions: {json.dumps(exceptions)}\n",
    )
    found = overview(callsheet, workspace, tmp_path / "site")
    assert [moment("2020-10-31", "en"), "expired", "owned", "example", "not yet"] in found.rows
    page = (tmp_path / "site/actions/example.html").read_text("utf-8")
    assert "owned (exception expired on 31\u00a0October 2020)" in page
    assert "except until" not in page


def test_a_certificate_of_an_action_is_named_and_not_read(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    secret = '{certificate: {secret: "file:/run/secrets/shop.pem"}, key: {secret: "env:SHOP_KEY"}}'
    text = ACTION.format(name="shown", constant="1").replace(
        "spec:\n", f"spec:\n  authentication: {{type: none, clientCertificate: {secret}}}\n", 1
    )
    workspace.write("shown.yaml", text)
    assert callsheet("validate", "-C", workspace.path).code == 0
    found = overview(callsheet, workspace, tmp_path / "site")
    assert "its end is not read here: shown file:/run/secrets/shop.pem" in found.text


@pytest.mark.parametrize("page", ["overview", "fr/overview"])
def test_an_empty_workspace_has_an_overview(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, page: str
) -> None:
    found = overview(callsheet, empty, tmp_path / "site", page=page)
    assert found.bars == []
