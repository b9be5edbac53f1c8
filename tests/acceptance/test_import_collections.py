"""A collection is imported whole: folders, connections, values, references, and what cannot be held is named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.request_collections import HAR, INSOMNIA, INSOMNIA_5, KEY, POSTMAN, STAGING, TOKEN, entry
from support.workspaces import ENVIRONMENT, Callsheet, Folder


@pytest.fixture
def shop(workspace: Folder) -> Path:
    """A Postman collection beside the workspace."""
    return written(workspace, "shop.json", POSTMAN)


def written(workspace: Folder, name: str, value: Any) -> Path:
    file = workspace.path.parent / name
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return file


def requests_of(workspace: Folder) -> dict[str, tuple[str, str, Any]]:
    """Return what the imported actions call with their own test case: method, URL and payload."""
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    found = {}
    for one in compiled.actions.values():
        if one.name != "example":
            content = compiled.by_environment["local"][one.address].content
            request = build_request(content, one.spec["tests"][0]["params"])
            found[one.name] = (request.method, request.url, None if request.body == "" else request.payload)
    return found


def files(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): one.read_text() for one in sorted(folder.rglob("*.yaml"))}


def test_a_postman_collection_is_imported_whole(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    outcome = callsheet("import", "postman", shop, "--all", "-C", workspace.path)
    assert outcome.code == 0
    assert outcome.err == (
        "Orders/Late / orders/Upload is not imported: the body is a form\n"
        "Orders/Late / orders/Create order: its scripts were left out: nothing is run\n"
    )
    assert outcome.out == (
        "wrote shop_api/orders/shop_api_create_order.yaml\n"
        "wrote shop_api/orders/late-orders/shop_api_create_order_2.yaml\n"
        "wrote shop_api/mail/shop_api_send.yaml\n"
        "wrote shop_api/mail/shop_api_schedule.yaml\n"
        "wrote shop_api/shop_api_status.yaml\n"
        "wrote shop_api/connection.yaml\n"
        "wrote shop_api/shop_api_2.yaml\n"
        "added values.shop_api.baseUrl, values.shop_api.host, values.shop_api.store to environments.yaml\n"
        "Its credentials were left out; set SHOP_API_SHOP_TOKEN, SHOP_API_X_MAIL_KEY where it is sent.\n"
        "Next: callsheet test\n"
    )
    mail = {"to": "ada@example.com", "replyTo": "ada@example.com", "text": "Hi"}
    assert requests_of(workspace) == {
        "shop_api_create_order": (
            "POST",
            "https://api.shop.example.com/v1/orders",
            {"store": 7, "shop": "7", "who": "customer"},
        ),
        "shop_api_create_order_2": (
            "PUT",
            "https://api.shop.example.com/v1/orders/42?dry=1",
            {"late": True},
        ),
        "shop_api_send": ("POST", "https://mail.example.com/v2/send", mail),
        "shop_api_schedule": ("POST", "https://mail.example.com/v2/schedule", mail),
        "shop_api_status": ("GET", "https://status.example.com/v1", None),
    }
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("test", "-C", workspace.path).code == 0


def test_what_the_requests_of_a_folder_inherit_is_said_once(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    callsheet("import", shop, "--all", "-C", workspace.path)
    compiled = Workspace(workspace.path).compile()
    named = {name: one.names_connection for name, one in compiled.actions.items() if name != "example"}
    assert named == {
        "shop_api_create_order": "shop_api",
        "shop_api_create_order_2": "shop_api",
        "shop_api_send": "shop_api_2",
        "shop_api_schedule": "shop_api_2",
        "shop_api_status": None,
    }
    assert compiled.connections["shop_api"].document.value["spec"] == {
        "url": "{{ values.shop_api.baseUrl }}/orders",
        "authentication": {"type": "bearer", "token": {"secret": "env:SHOP_API_SHOP_TOKEN"}},
    }
    assert compiled.connections["shop_api_2"].document.value["spec"]["authentication"] == {
        "type": "apiKey",
        "name": "X-Mail-Key",
        "in": "header",
        "value": {"secret": "env:SHOP_API_X_MAIL_KEY"},
    }
    assert compiled.actions["shop_api_status"].spec["authentication"] == {"type": "none"}
    # The same address at two keys is one parameter.
    assert compiled.actions["shop_api_send"].spec["request"]["payload"] == {
        "to": "{{ params.to }}",
        "replyTo": "{{ params.to }}",
        "text": "{{ params.text }}",
    }


def test_variables_become_values_and_the_environments_keep_their_comments(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    workspace.write(
        "environments.yaml",
        "# who owns this: team-crm\n"
        + ENVIRONMENT.replace("name: local", "name: base").replace(
            "  target: {type: sqlite, path: .callsheet/local.db}\n", ""
        )
        + "---\n"
        + "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: local}\n"
        + "spec:\n  extends: base # shared\n  target: {type: sqlite, path: .callsheet/local.db}\n",
    )
    callsheet("import", shop, "--all", "-C", workspace.path)
    text = (workspace.path / "environments.yaml").read_text()
    assert text.startswith("# who owns this: team-crm\n")
    assert "  extends: base # shared\n" in text
    assert (
        "  values: {host: api.example.com, shop_api: {baseUrl: 'https://{{ values.shop_api.host }}/v1',"
        ' host: api.shop.example.com, store: "7"}}\n'
    ) in text
    assert requests_of(workspace)["shop_api_create_order"][1] == "https://api.shop.example.com/v1/orders"


def test_values_that_are_there_stay_and_a_name_is_taken_only_by_what_needs_it(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    workspace.write(
        "environments.yaml", ENVIRONMENT.replace("{host: api", "{shop: {host: mine}, host: api")
    )
    at = ("--name", "shop", "-C", workspace.path)
    callsheet("import", shop, "--all", *at)
    values = Workspace(workspace.path).compile().concrete[0].values
    assert (values["shop"], values["shop_2"]["host"]) == ({"host": "mine"}, "api.shop.example.com")
    callsheet("import", written(workspace, "calls.har", HAR), "--all", *at)
    assert {"shop", "shop_2"} <= {*Workspace(workspace.path).compile().connections}


def test_an_environment_file_gives_variables_their_values(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    staging = written(workspace, "staging.json", STAGING)
    outcome = callsheet("import", shop, "--all", "--environment", staging, "-C", workspace.path)
    assert outcome.code == 0
    found = requests_of(workspace)["shop_api_create_order"]
    assert (found[1], found[2]["store"]) == ("https://staging.shop.example.com/v1/orders", 7)
    # One request takes the values themselves.
    callsheet(
        *("import", shop, "--request", "Orders/Create order", "--name", "alone"),
        *("--environment", staging, "-C", workspace.path),
    )
    assert requests_of(workspace)["alone"] == found
    assert "values" not in (workspace.path / "alone.yaml").read_text()
    outcome = callsheet("import", shop, "--all", "--environment", shop, "-C", workspace.path)
    assert "CS938: the file of --environment contains no variables" in outcome.err


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (("Orders/*",), ["shop_api_create_order", "shop_api_create_order_2"]),
        (("Mail/",), ["shop_api_schedule", "shop_api_send"]),
        (("Status", "*Schedule"), ["shop_api_schedule", "shop_api_status"]),
    ],
)
def test_requests_are_chosen_by_name_folder_and_pattern(
    wanted: tuple[str, ...], names: list[str], workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    arguments = [it for one in wanted for it in ("--request", one)]
    assert callsheet("import", shop, *arguments, "-C", workspace.path).code == 0
    assert sorted(requests_of(workspace)) == names


def test_a_dry_run_shows_the_tree_and_writes_nothing(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    before = files(workspace.path)
    outcome = callsheet("import", shop, "--all", "--name", "shop", "--dry-run", "-C", workspace.path)
    assert outcome.out == (
        "environments.yaml\n"
        "shop/\n"
        "  connection.yaml (for 2 actions)\n"
        "  shop_2.yaml (for 2 actions)\n"
        "  shop_status.yaml\n"
        "shop/mail/\n"
        "  shop_schedule.yaml\n"
        "  shop_send.yaml\n"
        "shop/orders/\n"
        "  shop_create_order.yaml\n"
        "shop/orders/late-orders/\n"
        "  shop_create_order_2.yaml\n"
        "would write 7 files for 5 actions\n"
        "would add values.shop.baseUrl, values.shop.host, values.shop.store to environments.yaml\n"
        "Its credentials were left out; set SHOP_SHOP_TOKEN, SHOP_X_MAIL_KEY where it is sent.\n"
    )
    assert files(workspace.path) == before


@pytest.mark.parametrize("form", ["postman", "insomnia", "har"])
def test_no_credential_is_written_in_clear(form: str, workspace: Folder, callsheet: Callsheet) -> None:
    value = {"postman": POSTMAN, "insomnia": INSOMNIA, "har": HAR}[form]
    outcome = callsheet(
        "import", form, written(workspace, "file.json", value), "--all", "-C", workspace.path
    )
    assert outcome.code == 0
    for text in (*files(workspace.path).values(), outcome.out, outcome.err):
        assert TOKEN not in text
        assert KEY not in text


def test_an_insomnia_export_is_imported_whole(workspace: Folder, callsheet: Callsheet) -> None:
    file = written(workspace, "insomnia.json", INSOMNIA)
    at = ("-C", workspace.path)
    outcome = callsheet("import", "insomnia", file, "--all", "--environment", "Staging", *at)
    assert outcome.err.splitlines() == [
        "Tag is not imported: it contains the template `{% uuid 'v4' %}`",
        "Orders/Create, Orders/Cancel: the body is sent as application/json: the tool sends it without a Content-Type",
    ]
    assert requests_of(workspace) == {
        "shop_create": (
            "POST",
            "https://staging.shop.example.com/v1/orders/create",
            {"port": 8443, "a": "who"},
        ),
        "shop_cancel": (
            "POST",
            "https://staging.shop.example.com/v1/orders/cancel",
            {"port": 8443, "a": "who"},
        ),
    }
    connection = Workspace(workspace.path).compile().connections["shop"]
    assert connection.document.value["spec"]["authentication"]["token"] == {"secret": "env:SHOP_TOKEN"}
    assert (workspace.path / "shop" / "orders" / "shop_create.yaml").exists()
    outcome = callsheet("import", file, "--all", "--environment", "Stagin", *at)
    assert "the export has no environment `Stagin` (did you mean `Staging`?)" in outcome.err


def test_an_insomnia_export_of_format_5_is_read(workspace: Folder, callsheet: Callsheet) -> None:
    file = written(workspace, "insomnia.yaml", INSOMNIA_5)
    assert callsheet("import", file, "--all", "--environment", "Staging", "-C", workspace.path).code == 0
    assert requests_of(workspace) == {
        "shop_create": ("POST", "https://staging.shop.example.com/v1/orders", {"a": 1})
    }


def test_a_har_file_is_imported_without_pages_and_repetitions(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = written(workspace, "calls.har", HAR)
    outcome = callsheet("import", "har", file, "--all", "--name", "shop", "-C", workspace.path)
    at = "https://api.shop.example.com/v1/orders"
    assert outcome.err.splitlines() == [
        "https://shop.example.com/ is not imported: its answer is text/html, not JSON",
        f"{at} (2) is not imported: the same request is there already",
        f"{at} (4) is not imported: an action cannot use the method OPTIONS",
    ]
    assert requests_of(workspace) == {
        "shop_post_v1_orders": ("POST", at, {"a": 1}),
        "shop_post_v1_orders_2": ("POST", at, {"a": 2}),
        "shop_get_v1_orders": ("GET", f"{at}?page=2&tag=a&tag=b", None),
    }


def test_two_credentials_of_one_name_have_two_references(workspace: Folder, callsheet: Callsheet) -> None:
    calls = [entry("POST", f"https://api.shop.example.com/v1/{one}", {"a": 1}) for one in "abc"]
    calls[2]["request"]["headers"][0]["value"] = "Bearer another-s3cr3t"
    file = written(workspace, "calls.har", {"log": {"entries": calls}})
    callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    compiled = Workspace(workspace.path).compile()
    objects = compiled.by_environment["local"]
    tokens = [
        objects[f"Action/shop_post_v1_{one}"].content["authentication"]["token"]["secret"] for one in "abc"
    ]
    assert tokens == ["env:SHOP_TOKEN", "env:SHOP_TOKEN", "env:SHOP_TOKEN_2"]


def test_nothing_is_overwritten_and_a_second_import_has_names_of_its_own(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    mine = workspace.write("shop_api/connection.yaml", "# mine\n").read_text()
    callsheet("import", shop, "--all", "-C", workspace.path)
    once = files(workspace.path)
    assert once["shop_api/connection.yaml"] == mine
    assert "shop_api/connection-2.yaml" in once
    assert callsheet("import", shop, "--all", "-C", workspace.path).code == 0
    twice = files(workspace.path)
    assert {name: twice[name] for name in once if name != "environments.yaml"} == {
        name: text for name, text in once.items() if name != "environments.yaml"
    }
    assert len(requests_of(workspace)) == 10
    assert callsheet("test", "-C", workspace.path).code == 0


def test_what_would_not_be_valid_is_named_and_left_out(workspace: Folder, callsheet: Callsheet) -> None:
    collection = copy.deepcopy(POSTMAN)
    collection["item"] += [
        {"name": "Nowhere", "request": {"method": "POST", "url": "{{unknown}}/v1"}},
        {"name": "Bot", "request": {"method": "POST", "url": "https://bot.example.com/bot{{botToken}}/send"}},
        {"name": "Broken", "request": {"method": "POST", "url": "https://x.example.com/", "body": 7}},
        {"name": "Key", "request": {"method": "POST", "url": "https://x.example.com/", "body": {"mode": "raw", "raw": '{"{{unknown}}": 1}'}}},
        {"name": "Plain", "request": {"method": "POST", "url": "https://x.example.com/", "body": {"mode": "raw", "raw": "a=1"}}},
        {"name": "Signed", "request": {"url": "https://x.example.com/v1", "auth": {"type": "awsv4", "awsv4": []}}},
    ]  # fmt: skip
    file = written(workspace, "more.json", collection)
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0
    assert outcome.err.splitlines()[1:] == [
        "Nowhere is not imported: its host is the variable `unknown`, which has no value",
        "Broken is not imported: its parts have another form than those of a Postman collection",
        "Key is not imported: a key of the body is a variable",
        "Plain is not imported: the body is not JSON",
        "Orders/Late / orders/Create order: its scripts were left out: nothing is run",
        "Signed: its authentication, awsv4, was left out: write `authentication` by hand",
    ]
    assert len(requests_of(workspace)) == 7
    assert requests_of(workspace)["shop_bot"][1] == "https://bot.example.com/{env:SHOP_URL}"
    note = "# its authentication, awsv4, was left out: write `authentication` by hand\n"
    assert note in files(workspace.path)["shop/shop_signed.yaml"]


def test_an_import_that_validate_refuses_is_not_written(workspace: Folder, callsheet: Callsheet) -> None:
    """A name that is taken, and a header that no request can have."""
    line = "curl https://api.example.com/v1 -H 'X@Bad: 1' -d '{\"a\": 1}'"
    outcome = callsheet("import", "curl", line, "--name", "odd", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith("error CS938: the action would not be valid: CS")
    assert [*files(workspace.path)] == ["environments.yaml", "example.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--request", "Ordes/*"), "no request is called `Ordes/*`"),
        (("--request", "Status", "--request", "Sent"), "no request is called `Sent` (did you mean"),
        (("--all", "--request", "Status"), "several operations are chosen in one way"),
        (("--all", "--tag", "mail"), "the file is not an OpenAPI description"),
        (("--request", "Status", "--dry-run"), "--dry-run shows the files of several actions"),
        (("--all", "--environment", "nowhere.json"), "nowhere.json cannot be read"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    arguments: tuple[str, ...], message: str, workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    before = files(workspace.path)
    outcome = callsheet("import", shop, *arguments, "-C", workspace.path)
    assert outcome.code != 0
    assert message in outcome.err
    assert files(workspace.path) == before


def test_the_word_before_a_file_says_what_it_must_be(
    workspace: Folder, shop: Path, callsheet: Callsheet
) -> None:
    for word in ("har", "insomnia"):
        outcome = callsheet("import", word, shop, "--all", "-C", workspace.path)
        assert "the file is a Postman collection, not a" in outcome.err
    outcome = callsheet("import", "har", shop, "--request", "Status", "-C", workspace.path)
    assert "the file is a Postman collection, not a HAR file" in outcome.err
    broken = written(workspace, "broken.json", "{")
    outcome = callsheet("import", broken, "--all", "-C", workspace.path)
    assert outcome.err.startswith("error CS938: the file is not JSON: line 1")
    outcome = callsheet("import", "postman", broken, "--all", "-C", workspace.path)
    assert outcome.err.startswith("error CS938: the file is not JSON")
    outcome = callsheet("import", "openapi", shop, "--all", "-C", workspace.path)
    assert "the file is not an OpenAPI description" in outcome.err


def test_a_name_in_the_path_of_a_plain_url_is_a_parameter(workspace: Folder, callsheet: Callsheet) -> None:
    urls = ("https://api.example.com:8443/v1/orders/:id/items/:item?x=:no", "{{unset}}:80/v1", ":odd")
    items = [{"name": f"r{index}", "request": {"url": one}} for index, one in enumerate(urls)]
    outcome = callsheet(
        "import", written(workspace, "x.json", {"item": items}), "--all", "-C", workspace.path
    )
    assert "r1 is not imported: its host is the variable `unset`, which has no value" in outcome.err
    compiled = Workspace(workspace.path).compile()
    (name,) = {*compiled.actions} - {"example"}
    assert compiled.actions[name].spec["request"]["query"] == {"x": ":no"}
    assert [*compiled.actions[name].spec["parameters"]] == ["id", "item"]
    assert requests_of(workspace)[name][1] == "https://api.example.com:8443/v1/orders/id/items/item?x=%3Ano"


def test_requests_that_differ_only_in_a_type_are_two(workspace: Folder, callsheet: Callsheet) -> None:
    calls = [entry("POST", "https://api.example.com/v1", {"a": one}) for one in (1, True, 1)]
    file = written(workspace, "calls.har", {"log": {"entries": calls}})
    callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert [one[2] for one in requests_of(workspace).values()] == [{"a": 1}, {"a": True}]


@pytest.mark.parametrize(
    "variables",
    [
        {"a": "{{b}}", "b": "{{a}}"},
        {f"v{n}": f"{{{{v{n + 1}}}}}{{{{v{n + 1}}}}}" for n in range(40)},
        {"a": "\ue0041\ue005"},
        {"a": "{{b}}" * 2000, "b": "&" * 200_000},
        {"a": "{{b}}" * 2000, "b": "x" * 200_000},
    ],
    ids=["a circle", "a doubling", "marks of ours", "a long value in many places", "a long plain value"],
)
def test_hostile_variables_end_in_a_reason_or_a_valid_action(
    variables: dict[str, str], workspace: Folder, callsheet: Callsheet
) -> None:
    first = next(iter(variables))
    collection = {
        "item": [
            {"name": "one", "request": {"url": f"https://api.example.com/v1?x={{{{{first}}}}}"}},
            {"name": "two", "request": {"url": "https://api.example.com/v2"}},
        ],
        "variable": [{"key": key, "value": one} for key, one in variables.items()],
    }
    outcome = callsheet("import", written(workspace, "x.json", collection), "--all", "-C", workspace.path)
    assert (outcome.code, "Traceback" in outcome.err, "CS999" in outcome.err) == (0, False, False)
    assert requests_of(workspace)


def test_accents_of_names_are_folded(workspace: Folder, callsheet: Callsheet) -> None:
    request = {"url": "https://api.example.com/v1"}
    folder = {"name": "Aufträge", "item": [{"name": "Créer", "request": request}]}
    file = written(workspace, "x.json", {"info": {"name": "Köllection"}, "item": [folder]})
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert outcome.out.startswith("wrote kollection/auftrage/kollection_creer.yaml\n")


def test_an_insomnia_export_names_the_environments_that_may_say_its_host(
    workspace: Folder, callsheet: Callsheet
) -> None:
    value = copy.deepcopy(INSOMNIA)
    value["resources"][1]["data"] = {}
    file = written(workspace, "insomnia.json", value)
    outcome = callsheet("import", file, "--request", "Create", "--name", "one", "-C", workspace.path)
    assert "its host is the variable" in outcome.err
    assert "help: name an environment of the export with --environment: Staging\n" in outcome.err


def test_a_value_that_is_encoded_in_a_path_is_written_in_its_place(
    workspace: Folder, callsheet: Callsheet
) -> None:
    value = copy.deepcopy(INSOMNIA)
    value["resources"][3]["environment"] = {"part": "late orders"}
    file = written(workspace, "insomnia.json", value)
    assert callsheet("import", file, "--request", "Orders/*", "-C", workspace.path).code == 0
    assert requests_of(workspace)["shop_create"][1] == (
        "https://api.shop.example.com/v1/late%20orders/create"
    )


@pytest.mark.parametrize("name", [(), ("--name", "9shops")])
def test_a_name_that_begins_with_a_digit_can_be_read_in_templates(
    name: tuple[str, ...], workspace: Folder, callsheet: Callsheet
) -> None:
    collection = {**POSTMAN, "info": {"name": "24 shops"}}
    file = written(workspace, "shops.json", collection)
    outcome = callsheet("import", file, "--all", *name, "-C", workspace.path)
    assert "upload is not imported" in outcome.err.lower()
    assert len(requests_of(workspace)) == 5
