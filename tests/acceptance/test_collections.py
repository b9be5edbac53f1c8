"""What a Target document says beyond the calls: conditions, patches, what is fixed, normalised, or not kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.collection import Collection
from support.hooks import ENVIRONMENT, prepared, settled
from support.workspaces import Callsheet, Folder

READ = '  read: {path: "/hooks/{id}"}\n'
FAULTS = ["before", "after", "500"]


def described(folder: Folder, *changes: tuple[str, str], more: str = "") -> None:
    """Write the Target with texts of it changed, and with more in it."""
    text = ENVIRONMENT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.write("environments.yaml", text + more)


def one_of(collection: Collection, name: str = "one") -> dict[str, Any]:
    return next(one for one in collection.objects.values() if one["name"] == name)


def applied(folder: Folder, callsheet: Callsheet) -> None:
    folder.action("one")
    assert callsheet("apply", "-C", folder.path, "--yes", "-q").code == 0


@pytest.mark.parametrize("condition", ["header: ETag", "field: version"])
def test_what_somebody_changed_meanwhile_is_not_written_over(
    hooks: Folder, callsheet: Callsheet, collection: Collection, condition: str
) -> None:
    described(hooks, more=f"  ifMatch: {{{condition}}}\n" + READ)
    collection.etags = True
    if "field" in condition:
        collection.etag = lambda identity: str(collection.versions[identity])  # type: ignore[method-assign]
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    hooks.action("one", constant="2")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    hooks.action("one", constant="3")
    # Between the look and the write.
    collection.faults = ["edited"]
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert (
        'Action/one: it was changed in the meantime (412); plan again: {"error": "another version"}'
        in outcome.err
    )
    assert one_of(collection)["kind"] == "edited"
    assert "kind" in callsheet("drift", *at).out
    assert callsheet("apply", *at, "--yes", "-q").code == 1
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    (hooks.path / "one.yaml").unlink()
    collection.faults = ["edited"]
    assert "it was changed in the meantime (412)" in callsheet("apply", *at, "--yes", "-q").err
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    assert collection.names() == ["example"]


def test_an_object_is_looked_at_again_before_it_is_written(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, more=READ)
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    hooks.action("one", constant="2")
    plan = hooks.path.parent / "plan.json"

    def meanwhile(change: Any) -> str:
        """Change something between the list and the write."""
        real = collection.page

        def page(query: Any, fault: str) -> Any:
            found = real(query, fault)
            found = (found[0], json.loads(json.dumps(found[1])), found[2])
            change()
            return found

        assert callsheet("plan", *at, "--out", plan, "-q").code == 0
        collection.page = page  # type: ignore[method-assign]
        outcome = callsheet("apply", plan, *at, "-q")
        collection.page = real  # type: ignore[method-assign]
        assert outcome.code == 1
        return outcome.err

    identity = str(one_of(collection)["id"])
    told = meanwhile(lambda: collection.somebody_edits(identity))
    assert "Action/one: it was changed in the meantime; plan again" in told
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    hooks.action("one", constant="3")
    told = meanwhile(lambda: collection.objects.pop(identity))
    assert "Action/one: it was deleted in the meantime; plan again" in told
    assert "Drift" in callsheet("plan", *at).out
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    settled(hooks, callsheet, collection)


def test_a_deletion_of_what_is_gone_already_is_done(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    (hooks.path / "one.yaml").unlink()
    collection.faults = ["gone"]
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    hooks.action("example", constant="2")
    collection.faults = ["gone"]
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert "Action/example: it was deleted in the meantime; plan again" in outcome.err
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    settled(hooks, callsheet, collection)


@pytest.mark.parametrize("fault", [*FAULTS, ""])
def test_a_merge_patch_says_only_what_changes(
    hooks: Folder, callsheet: Callsheet, collection: Collection, fault: str
) -> None:
    described(
        hooks,
        ('update: {path: "/hooks/{id}"}', 'update: {path: "/hooks/{id}", method: PATCH, as: merge-patch}'),
        ('name: "{{ action.name }}",', 'name: "{{ action.name }}", title: "{{ action.title.en }}",'),
    )
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    text = (hooks.path / "one.yaml").read_text()
    collection.objects[str(one_of(collection)["id"])]["theirs"] = {"a": 1}
    hooks.write(
        "one.yaml", text.replace("title: {en: Example, fr: Exemple}, ", "").replace("/v1/send", "/v2/send")
    )
    collection.faults = [fault]
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    sent = next(
        body
        for call, body in zip(collection.calls, collection.bodies, strict=True)
        if call.startswith("PATCH")
    )
    assert sorted(sent) == ["definition", "target", "title"]
    assert (sent["title"], sent["target"]) == (None, {"url": "https://api.example.com/v2/send"})
    assert "title" not in one_of(collection)
    assert one_of(collection)["theirs"] == {"a": 1}
    settled(hooks, callsheet, collection)


def test_what_a_service_writes_in_its_own_way_is_no_drift(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(
        hooks,
        (
            'target: {url: "{{ action.request.url }}"}',
            'target: {url: "{{ action.request.url }}"}, events: [b, a], retries: 3, note: "", label: "hook {{ action.name }}"',
        ),
    )
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    one = one_of(collection)
    assert one["label"] == "hook one"
    identity = str(one["id"])
    own = {
        "target": {"url": "HTTPS://API.example.com/v1/send/", "added": 1},
        "events": ["a", "b"],
        "retries": "3",
        "note": None,
    }
    collection.objects[identity] = {
        **one,
        **own,
        "definition": json.dumps(json.loads(one["definition"]), indent=3),
    }
    assert "Action/one" in callsheet("drift", *at).out
    described(
        hooks,
        (
            'target: {url: "{{ action.request.url }}"}',
            'target: {url: "{{ action.request.url }}"}, events: [b, a], retries: 3, note: "", label: "hook {{ action.name }}"',
        ),
        more="  normalised: {target.url: [case, slash], events: [order], retries: [number]}\n",
    )
    assert callsheet("drift", *at).out == "No drift in local.\n"
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    # A real change is one still.
    collection.objects[identity]["events"] = ["a"]
    collection.objects[identity]["label"] = "hook uno"
    told = callsheet("drift", *at).out
    assert "Action/uno" in told or "label" in told


FIXED = ('update: {path: "/hooks/{id}"}', 'update: {path: "/hooks/{id}", fields: [name, definition]}')
"""The URL of an object cannot change."""


def changed_where_it_cannot(folder: Folder) -> None:
    file = folder.path / "one.yaml"
    file.write_text(file.read_text().replace("/v1/send", "/v2/send"))


def test_a_change_of_what_cannot_change_makes_a_new_object_before_the_old_one_goes(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, FIXED)
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    before = one_of(collection)["id"]
    hooks.action("one", constant="2")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert one_of(collection)["id"] == before
    changed_where_it_cannot(hooks)
    shown = callsheet("plan", *at).out
    assert "a new object replaces it: the service does not allow changes of target" in " ".join(
        shown.split()
    )
    assert "1 to replace" in shown
    collection.calls.clear()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert [one.split()[0] for one in collection.writes()] == ["POST", "DELETE"]
    assert one_of(collection)["id"] != before
    settled(hooks, callsheet, collection)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize("call", [0, 1])
@pytest.mark.parametrize("fault", [*FAULTS, "refuse"])
def test_a_replacement_that_stopped_half_way_is_finished(
    hooks: Folder, callsheet: Callsheet, collection: Collection, fault: str, call: int, keys: bool
) -> None:
    described(hooks, FIXED, *([] if keys else [("  idempotencyHeader: Idempotency-Key\n", "")]))
    applied(hooks, callsheet)
    changed_where_it_cannot(hooks)
    collection.faults = [*[""] * call, *[fault] * 3]
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 1
    collection.faults = []
    settled(hooks, callsheet, collection)
    assert one_of(collection)["target"]["url"].endswith("/v2/send")


PARTIAL = (
    'body: {name: "{{ action.name }}", kind: callsheet, target: {url: "{{ action.request.url }}"}, definition: "{{ action | tojson }}"}',
    """partial: true
  slot: "{event.NAME}"
  body:
    name: "{{ action.name }}"
    kind: callsheet
    target: {url: "{{ action.request.url }}", body: "{{ action.request.payload }}"}
    fields:
      $each: action.parameters
      $item: {key: "{{ key }}", type: {$choose: item.type, $from: {string: text, integer: number}}, needed: {$choose: item.optional, $from: {"true": false}, $else: true}}""",
)


def test_what_a_service_does_not_keep_is_as_the_ledger_has_it(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, PARTIAL)
    at = ("-C", hooks.path)
    applied(hooks, callsheet)
    one = one_of(collection)
    assert one["target"] == {
        "url": "https://api.example.com/v1/send", "body": {"title": "{event.title}", "fixed": 1},
    }  # fmt: skip
    assert one["fields"] == [{"key": "title", "type": "text", "needed": True}]
    assert "definition" not in one
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    # What the service does not see changes all the same, and calls nobody.
    text = (hooks.path / "one.yaml").read_text()
    hooks.write("one.yaml", text.replace("owner: team-a", "owner: team-b"))
    assert "owner" in callsheet("plan", *at).out
    collection.calls.clear()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert collection.writes() == []
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    identity = str(one["id"])
    for change, words in (
        ({"target": {**one["target"], "url": "https://elsewhere.example.com/"}}, "host changed"),
        ({"target": {**one["target"], "body": {"fixed": 2}}}, "target.body"),
        ({"fields": []}, "fields"),
        ({"kind": "other"}, "kind"),
    ):
        collection.objects[identity] = {**one, **change}
        told = callsheet("drift", *at).out
        assert "Action/one" in told
        assert words in told, told
    collection.objects[identity] = {**one, "fields": [{"key": "title", "type": "number", "needed": True}]}
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "drift").code == 0
    settled(hooks, callsheet, collection)
    # Others may have what looks like ours, also twice.
    for number in range(2):
        collection.objects[f"t{number}"] = {"id": f"t{number}", "name": "Their hook", "kind": "callsheet"}
        collection.objects[f"u{number}"] = {"id": f"u{number}", "name": "theirs", "kind": "callsheet"}
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    told = callsheet("drift", *at).out
    assert "Object/t0" in told
    assert "Action/theirs" in told


def test_a_slot_that_the_service_cannot_write_is_told_before_the_plan(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, PARTIAL)
    hooks.action("one")
    text = (hooks.path / "one.yaml").read_text()
    hooks.write("one.yaml", text.replace("{{ params.title }}", "{{ params.title | upper }}"))
    outcome = callsheet("plan", "-C", hooks.path)
    assert outcome.err == (
        "error CS875: the service of the Target `hooks` cannot hold the filter of `title` of Action/one\n"
        "help: only a parameter itself, or a string with parameters, can be written there\n"
    )
    hooks.write("one.yaml", text.replace("{{ params.title }}", "Hello {{ params.title }}!"))
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 0
    assert one_of(collection)["target"]["body"]["title"] == "Hello {event.title}!"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", ["create", "update", "delete", "rename"])
def test_faults_are_settled_where_the_service_keeps_only_a_part(
    hooks: Folder, callsheet: Callsheet, collection: Collection, action: str, fault: str, keys: bool
) -> None:
    described(hooks, PARTIAL, *([] if keys else [("  idempotencyHeader: Idempotency-Key\n", "")]))
    prepared(hooks, callsheet, action)
    collection.faults = [fault] * 3
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 1
    collection.faults = []
    settled(hooks, callsheet, collection)


def test_a_list_that_shows_less_is_completed_by_reading_each(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, ("items: data}", "items: data, complete: false}"), more=READ)
    real = collection.page

    def page(query: dict[str, list[str]], fault: str) -> Any:
        status, value, headers = real(query, fault)
        return status, {"data": [{"id": one["id"]} for one in value["data"]]}, headers

    collection.page = page  # type: ignore[method-assign]
    for number in range(12):
        hooks.action(f"a{number:02}")
    applied(hooks, callsheet)
    settled(hooks, callsheet, collection)
    assert len([one for one in collection.calls if one.startswith("GET /v1/hooks/")]) > 12
    assert callsheet("drift", "-C", hooks.path).out == "No drift in local.\n"


def test_an_object_may_be_written_under_its_name(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(
        hooks,
        ("create: {path: /hooks}", 'create: {method: PUT, path: "/hooks/{name}"}'),
        ("  idempotencyHeader: Idempotency-Key\n", ""),
    )
    real = collection.do

    def do(method: str, identity: str, body: Any, headers: dict[str, str]) -> Any:
        if method == "PUT" and identity not in collection.objects:
            collection.objects[identity] = {}
        return real(method, identity, body, headers)

    collection.do = do  # type: ignore[method-assign]
    hooks.action("one")
    collection.faults = ["after", "500"]
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 0
    assert sorted(collection.objects) == ["example", "one"]
    settled(hooks, callsheet, collection)
