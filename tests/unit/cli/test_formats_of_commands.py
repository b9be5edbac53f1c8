"""The formats that a command's help lists are those that it writes."""

from __future__ import annotations

import importlib

import click
import pytest

from callsheet import results
from callsheet.deploying.executor import ApplyResult
from callsheet.language.plugins import plugins
from callsheet.planning.model import Plan

RESULTS: dict[str, type] = {
    "apply": ApplyResult, "certificate": results.CertificateResult, "confirm": ApplyResult, "diff": results.DiffResult,
    "drift": results.DriftResult, "forget": Plan, "journey": results.JourneyResult, "list": results.ListResult,
    "metrics": results.MetricsResult, "plan": Plan, "preview": results.PreviewResult, "promote": results.PromoteResult,
    "rollback": Plan, "show": results.ShowResult, "test": results.TestResult, "usage": results.UsageResult,
    "validate": results.ValidationResult,
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_the_help_of_a_command_lists_the_formats_that_it_writes(name: str) -> None:
    command = importlib.import_module(f"callsheet.cli.{name}").command
    (option,) = (one for one in command.params if isinstance(one, click.Option) and one.name == "output")
    listed = (option.help or "").rstrip(".").replace(" or ", ", ").split(", ")
    reports = {one: entry.load() for one, entry in plugins("callsheet.reports").items()}
    assert {*listed} == {one for one, report in reports.items() if RESULTS[name] in report.writers}
