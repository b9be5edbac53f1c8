"""Who may confirm steps by hand, and the answer to the test request that is kept as evidence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.journeys import ENVIRONMENT, SEVEN, write
from support.workspaces import Callsheet, Folder

ANSWER = {"id": "m2", "accepted": False, "more": [1]}


@pytest.fixture
def seven(empty: Folder) -> Folder:
    write(empty, **SEVEN)
    return empty


@pytest.fixture
def pack(seven: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    assert callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    return tmp_path / "pack"


def written(folder: Path, answer: Any) -> Path:
    file = folder / "answer.json"
    file.write_text(answer if isinstance(answer, str) else json.dumps(answer), encoding="utf-8")
    return file


def history(callsheet: Callsheet, folder: Folder) -> Any:
    found = json.loads(callsheet("history", "-C", folder.path, "-o", "json").out)
    Draft202012Validator(schema("history")).validate(found)
    return found["applies"]


def test_the_answer_is_kept_with_the_step_and_shown_in_the_history(
    seven: Folder, pack: Path, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ada")
    answer = written(tmp_path, {**ANSWER, "token": "gh" + "p_" + "16C7e42F292c6912E7710c838347Ae178B4a"})
    outcome = callsheet("confirm", pack, "push", "-C", seven.path, "--response", answer, "-q")
    assert outcome.code == 0, outcome.err
    (record,) = history(callsheet, seven)
    (step,) = record["steps"]
    (kept,) = step["evidence"]
    # What looks like a credential is hidden.
    assert kept["answer"] == {**ANSWER, "token": "(hidden)"}
    assert (kept["keptBy"], kept["answerDigest"][:7]) == ("ada", "sha256:")
    plan = json.loads((pack / "pack.json").read_text("utf-8"))["plan"]
    digests = {one["address"]: one["afterDigest"] for one in plan["changes"]}
    assert kept["confirmedDigest"] == digests["Action/push"]
    text = callsheet("history", "show", "1", "-C", seven.path).out
    assert "test request answered, kept by ada" in text
    assert '"id":"m2"' in text
    # An answer can come after a step was confirmed, and after others were: it confirms the step again.
    # A plan is none the wiser.
    assert callsheet("confirm", pack, "sms", "-C", seven.path).code == 0
    outcome = callsheet("confirm", pack, "push", "-C", seven.path, "--response", written(tmp_path, ANSWER))
    assert (outcome.code, "Nothing to record" in outcome.out) == (0, False)
    found = history(callsheet, seven)
    assert [len(one["steps"][0].get("evidence", ())) for one in found] == [1, 0, 1]
    assert "2 unchanged" in callsheet("plan", "-C", seven.path).out


def test_the_answer_is_kept_in_a_postgresql_too(
    seven: Folder, database: str, callsheet: Callsheet, tmp_path: Path
) -> None:
    del database
    ledger = 'ledger: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}'
    seven.write(
        "environments.yaml",
        ENVIRONMENT.replace("ledger: {type: sqlite, path: .callsheet/journeys.db}", ledger),
    )
    pack = tmp_path / "pack"
    assert callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", pack).code == 0
    confirm = ("confirm", pack, "push", "-C", seven.path, "--response", written(tmp_path, ANSWER))
    for number in (1, 2):
        assert callsheet(*confirm).code == 0
        found = history(callsheet, seven)
        assert [it["answer"] for one in found for it in one["steps"][0]["evidence"]] == [ANSWER] * number


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"accepted": True}, "`id` is missing"),
        ({"id": 7, "accepted": True}, "`id` is a number, and a string was expected"),
        ({"id": "a", "accepted": None}, "`accepted` is null, and true or false was expected"),
        ([], "the answer is a list, and an object was expected"),
    ],
)
def test_an_answer_that_is_not_the_expected_one_records_nothing(
    seven: Folder, pack: Path, callsheet: Callsheet, tmp_path: Path, answer: Any, words: str
) -> None:
    outcome = callsheet("confirm", pack, "push", "-C", seven.path, "--response", written(tmp_path, answer))
    assert outcome.code != 0
    assert outcome.err.startswith("error CS865: the test request of push was not answered as expected")
    assert words in outcome.err
    assert history(callsheet, seven) == []


@pytest.mark.parametrize("text", ["", "<html>", "NaN", "[" * 100_000, '"' + "a" * 1_100_000 + '"'])
def test_what_is_no_answer_is_refused(
    seven: Folder, pack: Path, callsheet: Callsheet, tmp_path: Path, text: str
) -> None:
    file = written(tmp_path, text)
    assert callsheet("confirm", pack, "push", "-C", seven.path, "--response", file).err.startswith(
        "error CS866"
    )
    assert callsheet(
        "confirm", pack, "push", "-C", seven.path, "--response", tmp_path / "no"
    ).err.startswith("error CS866")


def test_an_answer_belongs_to_one_step(
    seven: Folder, pack: Path, callsheet: Callsheet, tmp_path: Path
) -> None:
    file = written(tmp_path, ANSWER)
    assert callsheet("confirm", pack, "-C", seven.path, "--response", file).code == 2
    assert callsheet("confirm", pack, "push", "sms", "-C", seven.path, "--response", file).code == 2


# -- who may confirm --------------------------------------------------------------------------------


def key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
    return path


def signer(path: Path, principal: str) -> str:
    kind, public = Path(f"{path}.pub").read_text("utf-8").split()[:2]
    return f"{principal} {kind} {public}\n"


@pytest.fixture
def guarded(seven: Folder, tmp_path: Path) -> tuple[Folder, Path, Path]:
    """Give a workspace whose steps grace confirms, her key, and that of another."""
    grace, eve = key(tmp_path, "grace"), key(tmp_path, "eve")
    seven.write("environments.yaml", ENVIRONMENT + "  confirmers: {signers: confirmers, notAuthor: true}\n")
    seven.write("confirmers", signer(grace, "grace@example.com"))
    seven.commit()
    return seven, grace, eve


def test_only_a_signer_confirms_and_the_record_names_whose_key_it_was(
    guarded: tuple[Folder, Path, Path],
    callsheet: Callsheet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, grace, eve = guarded
    monkeypatch.setenv("CALLSHEET_AUTHOR", "mallory")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    pack = tmp_path / "pack"
    assert callsheet("apply", "-C", folder.path, "--yes", "-q", "--pack", pack).code == 0
    confirm = ("confirm", pack, "push", "-C", folder.path)
    refused = callsheet(*confirm, "--key", eve)
    assert refused.err.startswith("error CS864: eve does not confirm: ")
    assert callsheet(*confirm).err.startswith("error CS953: no SSH key to sign with")
    assert history(callsheet, folder) == []
    outcome = callsheet(*confirm, "--key", grace, "--response", written(tmp_path, ANSWER))
    assert outcome.code == 0, outcome.err
    (record,) = history(callsheet, folder)
    assert record["author"] == "grace@example.com"
    assert record["steps"][0]["evidence"][0]["keptBy"] == "grace@example.com"


def test_who_wrote_the_change_does_not_confirm_it(
    guarded: tuple[Folder, Path, Path], callsheet: Callsheet, tmp_path: Path
) -> None:
    folder, grace, _ = guarded
    address = folder.git("log", "-1", "--format=%ae").strip()
    folder.write("confirmers", signer(grace, address))
    folder.commit()
    pack = tmp_path / "pack"
    assert callsheet("apply", "-C", folder.path, "--yes", "-q", "--pack", pack).code == 0
    outcome = callsheet("confirm", pack, "-C", folder.path, "--key", grace)
    assert outcome.err.startswith(f"error CS864: grace does not confirm: {address} wrote the change")


def test_without_the_signers_file_nobody_confirms(
    guarded: tuple[Folder, Path, Path], callsheet: Callsheet, tmp_path: Path
) -> None:
    folder, grace, _ = guarded
    pack = tmp_path / "pack"
    assert callsheet("apply", "-C", folder.path, "--yes", "-q", "--pack", pack).code == 0
    (folder.path / "confirmers").unlink()
    assert callsheet("confirm", pack, "-C", folder.path, "--key", grace).err.startswith("error CS952")


def test_who_may_confirm_is_a_protection_of_its_own(
    guarded: tuple[Folder, Path, Path], callsheet: Callsheet
) -> None:
    folder, _, eve = guarded
    base = folder.git("rev-parse", "HEAD").strip()

    def reasons() -> dict[str, str]:
        found = json.loads(callsheet("diff", "-C", folder.path, "--base", base, "-o", "json").out)
        return {one["reason"]: one["impact"] for one in found["protections"]}

    with_eve = (folder.path / "confirmers").read_text("utf-8") + signer(eve, "eve@example.com")
    folder.write("confirmers", with_eve)
    assert reasons() == {"signer-added": "sensitive"}
    assert "may confirm steps" in callsheet("diff", "-C", folder.path, "--base", base).out
    folder.git("checkout", "--", "confirmers")
    folder.write("environments.yaml", ENVIRONMENT)
    assert reasons()["confirmers-removed"] == "sensitive"
    folder.write("environments.yaml", ENVIRONMENT + "  confirmers: {signers: confirmers}\n")
    assert reasons() == {"confirmers-weakened": "sensitive"}
