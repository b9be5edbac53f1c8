"""A plan of a selection beside errors: what is not selected stops nothing, and what may concern it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder

HEAD = "apiVersion: callsheet/v1\n"
CONNECTION = f"{HEAD}kind: Connection\nmetadata: {{name: shop}}\nspec: {{url: https://shop.example.com}}\n"
ORDER = f"""\
{HEAD}kind: Action
metadata: {{name: order, labels: {{vendor: shop}}}}
spec:
  connection: shop
  request: {{method: POST, path: /orders, payload: {{id: "{{{{ params.id }}}}"}}}}
  parameters: {{id: {{type: string}}}}
"""
SMS = f"""\
{HEAD}kind: Action
metadata: {{name: sms}}
spec:
  request: {{method: POST, url: https://sms.example.com, payload: {{text: "{{{{ params.text }}}}", to: "{{{{ params.phone }}}}"}}}}
  parameters: {{text: {{type: string}}, phone: {{type: string}}}}
"""
SHIPPED = f"""\
{HEAD}kind: Message
metadata: {{name: shipped}}
spec:
  channel: sms
  via: {{action: sms, parameters: {{phone: "{{{{ params.phone }}}}"}}}}
  parameters: {{phone: {{type: string, example: "33612345678"}}}}
  content: {{en: {{text: Hello}}}}
"""


@pytest.fixture
def shop(empty: Folder, callsheet: Callsheet) -> Folder:
    """A workspace that is applied, and in which `push` was changed since."""
    for name, text in {"shop": CONNECTION, "order": ORDER, "sms": SMS, "shipped": SHIPPED}.items():
        empty.write(f"{name}.yaml", text)
    empty.write("environments.yaml", ENVIRONMENT)
    empty.action("push")
    empty.action("mail")
    assert callsheet("apply", "--yes", "-q", "-C", empty.path).code == 0
    empty.action("push", constant="2")
    return empty


def edit(folder: Folder, file: str, old: str, new: str) -> None:
    path = folder.path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def break_mail(folder: Folder) -> None:
    edit(folder, "mail.yaml", "params.title", "params.titel")


NOTE = "the workspace has 1 error that does not concern what is selected (mail): `callsheet validate` shows them"


def test_an_error_of_another_action_is_noted_and_stops_neither_plan_nor_apply(
    shop: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    break_mail(shop)
    at = ("-C", shop.path)
    for verb in ("plan", "apply"):
        assert callsheet(verb, *at).err.endswith("error CS924: the workspace has 1 error: nothing was done\nhelp: `callsheet validate` shows them\n")  # fmt: skip
    file = tmp_path / "plan.json"
    planned = callsheet("plan", "--select", "push", "--out", file, *at)
    assert planned.code == 0
    assert f"Note: {NOTE}" in " ".join(planned.out.split())
    assert "Plan in local: 1 to update, 0 unchanged." in planned.out
    record = json.loads(file.read_text())
    assert (record["notes"][-1], [one["address"] for one in record["changes"]]) == (NOTE, ["Action/push"])
    assert callsheet("apply", file, *at).out == "  ~ Action/push updated\nApply 2 in local: 1 done.\n"
    shop.action("push", constant="3")
    assert callsheet("apply", "--yes", "-q", "--select", "push", *at).code == 0
    # What is not selected is what it was, also where its file cannot be compiled.
    deployed = json.loads(callsheet("show", "mail", "--deployed", "-o", "json", *at).out)
    assert deployed["environments"]["local"]["revision"] == 1
    edit(shop, "mail.yaml", "params.titel", "params.title")
    assert callsheet("plan", *at).out.startswith("Nothing to do in local: 5 unchanged.")


def test_an_error_of_the_selected_action_in_another_environment_stops_nothing_here(
    shop: Folder, callsheet: Callsheet
) -> None:
    edit(shop, "push.yaml", "https://api.example.com", "https://{{ values.host }}")
    other = ENVIRONMENT.replace("local", "other").replace("{host: api.example.com}", "{tenant: shop}")
    shop.write("other.yaml", other)
    at = ("-C", shop.path)
    here = callsheet("plan", "--select", "push", "-e", "local", *at)
    assert "(push): `callsheet validate` shows them" in " ".join(here.out.split())
    assert here.code == 0
    assert ": error CS502\n" in callsheet("plan", "--select", "push", "-e", "other", *at).err


def renamed(folder: Folder) -> None:
    """Rename `mail` in a file that then cannot be read."""
    edit(folder, "mail.yaml", "name: mail", "name: no name at all")


def new_and_broken(folder: Folder) -> None:
    folder.action("push_new")
    edit(folder, "push_new.yaml", "params.title", "params.titel")


REFUSED: dict[str, tuple[Callable[[Folder], None], str]] = {
    "its own": (lambda it: edit(it, "push.yaml", "params.title", "params.titel"), "push"),
    "of its connection": (lambda it: edit(it, "shop.yaml", "url:", "ulr:"), "order"),
    "of a connection that another one has": (lambda it: edit(it, "order.yaml", "connection: shop", "connection: shp"), "label:vendor=shop"),
    "of the action that delivers it": (lambda it: edit(it, "sms.yaml", "params.text", "params.txt"), "shipped"),
    "of the environment": (lambda it: edit(it, "environments.yaml", "spec:", "spec:\n  overlays: {psh: {limits: {retries: 1}}}"), "push"),
    "of a file that cannot be read": (lambda it: it.write("broken.yaml", "kind: {"), "push"),
    "of a new action that is selected with it": (new_and_broken, "push*"),
    "of what the deployed action may be named now": (renamed, "mail"),
    "of one of two by one name": (lambda it: it.write("twice.yaml", (it.path / "push.yaml").read_text()), "push"),
    "of anything, where something would be deleted": (lambda it: (it.remove("push"), break_mail(it))[0], "push"),
    "of one that everything but another is": (break_mail, "*"),
}  # fmt: skip


@pytest.mark.parametrize("error", REFUSED)
def test_an_error_that_may_concern_what_is_selected_stops_its_plan(
    error: str, shop: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    change, word = REFUSED[error]
    at = ("-C", shop.path)
    file = tmp_path / "plan.json"
    edit(shop, "order.yaml", "/orders", "/v2/orders")
    assert callsheet("plan", "--select", word, "--out", file, "-q", *at).code == 0
    change(shop)
    asked: list[tuple[str | Path, ...]] = [("plan", "--select", word), ("apply", "--yes", "--select", word)]
    if json.loads(file.read_text())["changes"]:
        asked.append(("apply", file))
    for arguments in asked:
        outcome = callsheet(*arguments, *at)
        assert (outcome.code, outcome.out) == (1, "")
        assert "error CS924: the workspace has " in outcome.err or "error CS335: " in outcome.err
    history = json.loads(callsheet("history", "-o", "json", *at).out)
    assert [one["serial"] for one in history["applies"]] == [1]
