"""`callsheet new`: an action that starts from a sample."""

from __future__ import annotations

import pytest

from support.workspaces import Callsheet, Folder


@pytest.mark.parametrize(
    "sample", ["adobe-io", "epsilon", "facebook", "firebase", "sendgrid", "vonage", "whatsapp"]
)
def test_a_new_action_starts_from_a_sample_and_compiles(
    sample: str, samples: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith(f"wrote {sample}/birthday.yaml\n")
    assert callsheet("render", "birthday", "-e", "local", "-C", samples.path).code == 0
    again = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert (again.code, again.err.split("\n")[0]) == (
        1,
        "error CS929: the action `birthday` already exists",
    )


def test_a_new_action_with_a_bad_name_or_of_an_unknown_sample(
    workspace: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", workspace.path)
    assert "is not a valid name: use letters, digits and _" in callsheet("new", "no-name", *at).err
    wrong = callsheet("new", "x", "--from", "firebse", *at)
    assert (
        "there is no sample 'firebse' (did you mean `firebase`?); there are: adobe-io, epsilon" in wrong.err
    )
    assert callsheet("new", "x", *at).out == (
        "wrote firebase/x.yaml\nIt reads values.firebase.project: define them in your environments.\n"
    )
