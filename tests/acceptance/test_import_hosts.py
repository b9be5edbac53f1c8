"""An archive with calls to several hosts: each host has its own names, secrets and connection."""

from __future__ import annotations

import json
from typing import Any

import yaml

from support.workspaces import Callsheet, Folder


def entry(url: str, name: str, value: str, payload: Any) -> dict[str, Any]:
    data = {"mimeType": "application/json", "text": json.dumps(payload)}
    headers = [{"name": name, "value": value}]
    return {"request": {"method": "POST", "url": url, "headers": headers, "postData": data}}


def test_each_host_of_an_archive_has_names_and_secrets_of_its_own(
    workspace: Folder, callsheet: Callsheet
) -> None:
    entries = [
        entry("https://api.sendgrid.com/v3/mail/send", "Authorization", "Bearer c4n4ry1", {"a": 1}),
        entry("https://api.nexmo.com/v1/messages", "Authorization", "Bearer c4n4ry2", {"b": 1}),
        entry("https://api.sendgrid.com/v3/other", "Authorization", "Bearer c4n4ry1", {"a": 2}),
        entry("https://api.shop.co.uk/v1/c", "X-Api-Key", "c4n4ry3", {"c": 1}),
        entry("https://api.store.co.uk/v1/c", "X-Api-Key", "c4n4ry4", {"c": 1}),
    ]
    file = workspace.path.parent / "calls.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert "set NEXMO_TOKEN, SENDGRID_TOKEN, SHOP_X_API_KEY, STORE_X_API_KEY where" in outcome.out
    written = {
        one.relative_to(workspace.path).as_posix(): yaml.safe_load(one.read_text("utf-8"))
        for folder in ("sendgrid", "nexmo", "shop", "store")
        for one in sorted((workspace.path / folder).rglob("*.yaml"))
    }
    assert sorted(written) == [
        "nexmo/nexmo_post_v1_messages.yaml",
        "sendgrid/connection.yaml",
        "sendgrid/sendgrid_post_v3_mail_send.yaml",
        "sendgrid/sendgrid_post_v3_other.yaml",
        "shop/shop_post_v1_c.yaml",
        "store/store_post_v1_c.yaml",
    ]
    assert "c4n4ry" not in str(written)
    assert written["sendgrid/connection.yaml"]["metadata"]["labels"]["vendor"] == "sendgrid"
    assert (
        written["nexmo/nexmo_post_v1_messages.yaml"]["metadata"].get("labels", {}).get("vendor")
        != "sendgrid"
    )
    assert callsheet("validate", "-C", workspace.path).code == 0
    named = callsheet("import", file, "--all", "--name", "mine", "-C", workspace.path)
    assert named.code == 0, named.err
    assert "MINE_TOKEN, MINE_TOKEN_2" in named.out
