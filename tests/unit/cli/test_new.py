"""`callsheet new`: an action that starts from a sample."""

from __future__ import annotations

import re

import pytest

from support.workspaces import Callsheet, Folder


@pytest.mark.parametrize(
    "sample", ["adobe-io", "braze", "epsilon", "facebook", "firebase", "sendgrid", "vonage", "whatsapp"]
)
def test_a_new_action_starts_from_a_sample_and_compiles(
    sample: str, samples: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith(f"wrote {sample}/birthday.yaml\n")
    assert outcome.out.count("wrote ") == (2 if sample == "adobe-io" else 1), (
        "what it names is there already"
    )
    assert callsheet("render", "birthday", "-e", "local", "-C", samples.path).code == 0
    again = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert (again.code, again.err.split("\n")[0]) == (
        1,
        "error CS929: the action `birthday` already exists",
    )


VALUES = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: here}
spec:
  values: {facebook: {version: v23.0, pixel: "1"}, whatsapp: {phone_number: "2"}, braze: {host: rest.example.com}}
  target: {type: sqlite, path: .callsheet/here.db}
"""


def test_what_a_sample_names_comes_with_it_once(empty: Folder, callsheet: Callsheet) -> None:
    empty.write("environments.yaml", VALUES)
    at = ("-C", empty.path)
    assert callsheet("new", "sale", "--from", "facebook", *at).out.splitlines()[:3] == [
        "wrote facebook/sale.yaml",
        "wrote meta/graph.yaml",
        "wrote meta/customer.yaml",
    ]
    assert callsheet("new", "chat", "--from", "whatsapp", *at).out.count("wrote ") == 1
    assert callsheet("new", "cart", "--from", "braze", *at).out.splitlines()[:2] == [
        "wrote braze/cart.yaml",
        "wrote braze/connection.yaml",
    ]
    checked = callsheet("validate", *at)
    # The samples have tests for an environment that this workspace has not.
    assert checked.code == 0
    assert re.findall(r"warning (CS\d+)", checked.out) == ["CS353"] * 3, checked.out
    assert checked.out.endswith("Valid, with 3 warnings: 7 documents.\n")
    assert callsheet("list", *at).out.count("here") == 3


def test_a_new_action_with_a_bad_name_or_of_an_unknown_sample(
    workspace: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", workspace.path)
    assert "is not a valid name: use letters, digits and _" in callsheet("new", "no-name", *at).err
    wrong = callsheet("new", "x", "--from", "firebse", *at)
    assert (
        "there is no sample 'firebse' (did you mean `firebase`?); there are: adobe-io, braze" in wrong.err
    )
    assert callsheet("new", "x", *at).out == (
        "wrote firebase/x.yaml\nIt reads values.firebase.project: define them in your environments.\n"
    )
