"""The whole workspace as one document, for rules that look at all of it."""

from __future__ import annotations

import json
import re

import pytest

from support.judges import is_clean
from support.workspaces import ROOT, Callsheet, Folder, run_callsheet


def test_the_whole_workspace_is_one_document(samples: Folder, callsheet: Callsheet) -> None:
    found = json.loads(callsheet("render", "--all", "-o", "json", "-C", samples.path).out)
    assert [one["environment"] for one in found["environments"]] == ["local", "production", "staging"]
    assert [len(one["actions"]) for one in found["environments"]] == [9, 9, 9]
    one = json.loads(callsheet("render", "--all", "-e", "local", "-o", "json", "-C", samples.path).out)
    assert [it["environment"] for it in one["environments"]] == ["local"]
    text = callsheet("render", "--all", "-C", samples.path).out
    assert text.startswith("# local\n")
    assert is_clean(text)


def test_the_rego_example_of_the_page_judges_it(samples: Folder) -> None:
    regopy = pytest.importorskip("regopy", reason="pip install regopy")
    (policy,) = re.findall(r"```rego\n(.*?)```", (ROOT / "actions" / "README.md").read_text(), re.S)

    def denied() -> list[str]:
        whole = run_callsheet("render", "--all", "-o", "json", "-C", samples.path).out
        rego = regopy.Interpreter()
        rego.add_module("callsheet", policy)
        rego.set_input(json.loads(whole))
        return sorted(rego.query("data.main.deny").results[0].expressions[0])

    assert denied() == []
    file = samples.path / "firebase" / "push.yaml"
    file.write_text(file.read_text().replace("vendor: firebase, ", ""))
    assert denied() == [f"{one}: firebase_push has no vendor" for one in ("local", "production", "staging")]
