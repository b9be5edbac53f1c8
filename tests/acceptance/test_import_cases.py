"""The inputs that failed once, as they were collected: each is read, imported, or refused with its reason."""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet import CallsheetError, Workspace
from callsheet.contracts.schemas import Translator
from callsheet.contracts.validation import Validation
from support.curl_judge import judge
from support.forms import LONG
from support.sent_requests import Recorder
from support.workspaces import SHARED, Callsheet, Folder

CASES = SHARED / "cases" / "import"
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the collected cases (../shared/cases) are absent"
)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("multi-file", ["CS459"]), ("yaml-spec-traps", []), ("contract-bigint", []), ("contract-false", []),
        ("union-blowup", ["CS454"]),
    ],
)  # fmt: skip
def test_a_workspace_has_the_findings_that_it_deserves(
    name: str, codes: list[str], tmp_path: Path, callsheet: Callsheet
) -> None:
    folder = tmp_path / name
    shutil.copytree(CASES / name, folder, ignore=shutil.ignore_patterns("*.py", "*.md"))
    folder.chmod(0o755)
    outcome = callsheet("validate", "-C", folder)
    assert re.findall(r"(?:error|warning) (CS\d+)", outcome.out) == codes


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the description that a case writes, and the names of its operations."""
    folder = tmp_path_factory.mktemp("described")
    script = CASES / "openapi-import" / "gen.py"
    subprocess.run([sys.executable, script], cwd=folder, check=True, capture_output=True)
    return folder


REFUSED = {
    "srvrel": "the operation names no server",
    "mediand": "the operation takes no JSON body",
    "smpextype": "no value of the `enum` at `e` is one that its schema takes",
    "smprec": "its body requires at `n.n.n.n` what contains itself without an end",
}


def test_each_operation_is_valid_at_once_or_refused_with_its_reason(
    workspace: Folder, described: Path
) -> None:
    workspace.write("spec.json", (described / "spec.json").read_text())
    refused = {}
    for name in (described / "ops.txt").read_text().split():
        opened = Workspace(workspace.path)
        try:
            opened.import_(str(workspace.path / "spec.json"), operation=name, name=f"a_{name}"[:30])
        except CallsheetError as fault:
            refused[name] = fault.message
    assert refused == REFUSED
    found = Workspace(workspace.path)
    assert found.validate().errors == []
    assert all(one.outcome == "passed" for one in found.test(generated=False).cases)


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("dup.har", {"https://api.example.com/v1/orders/1/send": "the body is a form"}),
        ("insomnia.json", {
            "response tag": "it contains the template `{% uuid 'v4' %}`", "file": "the body is a file",
        }),
        ("postman.json", {"urlencoded": "the body is a form"}),
    ],
)  # fmt: skip
def test_a_collection_is_imported_but_for_what_is_no_json(
    name: str, left: dict[str, str], workspace: Folder
) -> None:
    opened = Workspace(workspace.path)
    written = opened.import_requests(str(CASES / name))
    assert written is not None
    opened.write(written)
    assert written.left == left
    found = Workspace(workspace.path)
    assert found.validate().errors == []
    assert all(one.outcome == "passed" for one in found.test(generated=False).cases)


def schemas() -> Iterator[tuple[str, str, Any, dict[str, Any], list[Any]]]:
    """Yield the name, the version, the schema, its components, and the good values of each case of a contract."""
    for file in ("schemas.py", "schemas2.py"):
        names: dict[str, Any] = {
            "S": {"type": "string"}, "I": {"type": "integer"},
            "O": lambda properties, **more: {"type": "object", "properties": properties, **more},
            "R": lambda name: {"$ref": f"#/components/schemas/{name}"},
        }  # fmt: skip
        for line in (CASES / "contract-false" / file).read_text("utf-8").splitlines():
            if line.startswith("run("):
                call = ast.parse(line, mode="eval").body
                assert isinstance(call, ast.Call)
                # Our own cases, read-only, which build schemas by two functions of one line.
                values = [eval(compile(ast.Expression(one), file, "eval"), names) for one in call.args]
                yield values[0], values[1], values[2], values[3], values[4]


def test_no_value_that_a_schema_takes_is_refused() -> None:
    refused = []
    count = 0
    for name, version, schema, components, good in schemas():
        translator = Translator({"openapi": version, "components": {"schemas": components}})
        validation = Validation(translator.whole(schema, "/x"))
        for value in good:
            count += 1
            refused += [(name, value, one.words) for one in validation.faults(value)]
    assert count > 100
    assert refused == []


def test_curl_lines_become_what_curl_sends_or_are_refused(tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        pytest.skip("curl or openssl is missing: apt-get install curl openssl")
    listed = [
        one
        for index in (1, 2)
        for one in json.loads((CASES / f"curl-lines-{index}.json").read_text("utf-8"))
    ]
    if not LONG:
        listed = random.Random(16).sample(listed, 20)
    recorder = Recorder(tmp_path)
    try:
        found = [(one["source"], *judge(one["line"], recorder, tmp_path)) for one in listed]
    finally:
        recorder.close()
    wrong = [one for one in found if one[1].split(",")[0] in ("differs silently", "invalid", "fault")]
    # A line with prompts, which bash does not run as it is meant.
    assert [one for one in wrong if one[0] != "synth/md-dollar-multi"] == []
