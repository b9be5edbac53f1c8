"""The files that deploy a relay: valid by their schemas, bound as they say, and enough for a relay to start."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from support.judges import check_schema
from support.postgres import Server
from support.relay import ACTION, KEY, relaying
from support.service import Service
from support.workspaces import ROOT, Callsheet, Folder

FILES = ROOT / "compiler" / "relay"
COMPOSE = yaml.safe_load((FILES / "compose.yaml").read_text("utf-8"))
KUBERNETES = {
    one["kind"]: one for one in yaml.safe_load_all((FILES / "kubernetes.yaml").read_text("utf-8"))
}
DEPLOYMENT = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
(CONTAINER,) = DEPLOYMENT["containers"]


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with its arguments, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (FILES / "Dockerfile").read_text("utf-8"), flags=re.M)
    lines = text.replace("\\\n", " ").splitlines()
    return [(one.split(maxsplit=1)[0], one.split(maxsplit=1)[1]) for one in lines if one.strip()]


def command_of(arguments: list[str]) -> click.Context:
    """Parse the arguments of `callsheet relay`; raises where one is wrong."""
    from callsheet.cli.relay import command

    return command.make_context("relay", list(arguments))


def test_the_image_runs_without_root_and_writes_nothing() -> None:
    found = instructions()
    stages = [index for index, (name, _) in enumerate(found) if name == "FROM"]
    last = found[stages[-1] :]
    assert [value for name, value in last if name == "USER"] == ["65532:65532"]
    # Nothing runs, is added or becomes root again after the last FROM; the tools of the build stay behind.
    assert {name for name, _ in last} == {
        "FROM", "ENV", "COPY", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    assert all(value.startswith("--from=build ") for name, value in last if name == "COPY")
    assert {name for name, _ in found} <= {*(name for name, _ in last), "RUN"}
    # A tag, and not `latest`; the same for both stages.
    assert {re.sub(r" AS \w+$", "", value) for name, value in found if name == "FROM"} == {
        "python:3.13-slim"
    }
    assert not re.search(
        r"(?i)password|secret=|token|api.?key",
        "".join(value for name, value in found if name in ("ENV", "ARG")),
    )


def test_the_image_starts_a_relay_and_asks_it_how_it_is() -> None:
    found = dict(instructions())
    words = [*yaml.safe_load(found["ENTRYPOINT"]), *yaml.safe_load(found["CMD"])]
    assert words[:2] == ["callsheet", "relay"]
    parsed = command_of(words[2:]).params
    assert (parsed["host"], parsed["port"], parsed["no_cache"]) == ("0.0.0.0", int(found["EXPOSE"]), True)
    check = yaml.safe_load(found["HEALTHCHECK"].partition("CMD ")[2])
    assert check[:2] == ["python", "-c"]
    compile(check[2], "healthcheck", "exec")
    assert f":{parsed['port']}/healthz" in check[2]


def test_the_image_has_what_it_is_built_of_and_no_more() -> None:
    copied = [
        word
        for name, value in instructions()
        if name == "COPY" and "--from" not in value
        for word in shlex.split(value)[:-1]
    ]
    assert all((ROOT / one).exists() for one in copied)
    ignored = (FILES / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {one[1:] for one in ignored if one.startswith("!")} == set(copied)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    (extras,) = re.findall(r"\.\[([a-z,]+)\]", (FILES / "Dockerfile").read_text("utf-8"))
    assert all(re.search(rf"^{one} = \[", project, re.M) for one in extras.split(","))


def test_compose_is_valid_and_bound() -> None:
    check_schema(
        COMPOSE,
        "https://raw.githubusercontent.com/compose-spec/compose-spec/master/schema/compose-spec.json",
    )
    relay = COMPOSE["services"]["relay"]
    assert (relay["read_only"], relay["cap_drop"], relay["user"]) == (True, ["ALL"], "65532:65532")
    assert relay["security_opt"] == ["no-new-privileges:true"]
    assert all(one.startswith("127.0.0.1:") for one in relay["ports"])
    assert all(one.endswith(":ro") for one in relay["volumes"])
    assert (
        FILES / relay["build"]["context"] / relay["build"]["dockerfile"]
    ).resolve() == FILES / "Dockerfile"
    assert (FILES / relay["volumes"][0].split(":")[0]).is_dir()
    # The database is on a network that leads nowhere; every secret that is used is declared.
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    used = {name for one in COMPOSE["services"].values() for name in one["secrets"]}
    assert used == set(COMPOSE["secrets"])
    assert all(set(one) == {"file"} for one in COMPOSE["secrets"].values())
    grace = int(relay["stop_grace_period"].removesuffix("s"))
    assert grace > command_of(["--key", "env:A"]).params["grace"]


def test_kubernetes_is_bound_and_gives_calls_the_time_to_end() -> None:
    pod, container = DEPLOYMENT["securityContext"], CONTAINER["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] == pod["runAsGroup"] == 65_532
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (container["readOnlyRootFilesystem"], container["allowPrivilegeEscalation"]) == (True, False)
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert DEPLOYMENT["automountServiceAccountToken"] is False
    assert set(CONTAINER["resources"]["limits"]) == {"cpu", "memory"}
    parsed = command_of(CONTAINER["args"]).params
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert DEPLOYMENT["terminationGracePeriodSeconds"] > parsed["grace"] + pause
    # The port has one name everywhere; probes ask what needs no key.
    (port,) = CONTAINER["ports"]
    assert port["containerPort"] == parsed["port"]
    assert KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    probes = {
        CONTAINER[one]["httpGet"]["path"] for one in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert probes == {"/healthz", "/readyz"}
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert KUBERNETES["Service"]["spec"]["selector"] == labels
    assert KUBERNETES["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert {one["name"] for one in CONTAINER["volumeMounts"]} == {
        one["name"] for one in DEPLOYMENT["volumes"]
    }
    # The workspace is that of Compose.
    inner = yaml.safe_load(KUBERNETES["ConfigMap"]["data"]["environment.yaml"])
    own = yaml.safe_load((FILES / "workspace" / "environment.yaml").read_text("utf-8"))
    assert inner["spec"] == own["spec"]
    assert KUBERNETES["Deployment"]["spec"]["replicas"] == 1


@pytest.mark.parametrize("kind", KUBERNETES)
def test_kubernetes_knows_every_field(kind: str) -> None:
    """Walk the models of Kubernetes' own client: it ignores what it does not know, and so would hide a slip."""
    models = pytest.importorskip("kubernetes.client.models", reason="pip install 'callsheet[vendors]'")

    def walk(value: Any, of: str, where: str) -> None:
        if inner := re.fullmatch(r"[lL]ist\[(.*)\]", of):
            assert isinstance(value, list), where
            for one in value:
                walk(one, inner[1], f"{where}[]")
        elif inner := re.fullmatch(r"[dD]ict[\[(]str, (.*)[\])]", of):
            assert isinstance(value, dict), where
            for key, one in value.items():
                walk(one, inner[1], f"{where}.{key}")
        elif hasattr(models, of):
            model = getattr(models, of)
            names = {written: name for name, written in model.attribute_map.items()}
            for key, one in value.items():
                assert key in names, f"{where}.{key} is not a field of {of}"
                walk(one, model.openapi_types[names[key]], f"{where}.{key}")
            # Its constructor refuses what is missing.
            model(**{name: value.get(written) for name, written in model.attribute_map.items()})
        else:
            assert isinstance(
                value, {"str": str, "int": int, "bool": bool, "object": (str, int, dict)}[of]
            ), where

    walk(KUBERNETES[kind], f"V1{kind}", kind)


def test_the_environment_of_the_examples_is_enough_for_a_relay(
    workspace: Folder,
    service: Service,
    database: str,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    server: Server,
    tmp_path: Path,
) -> None:
    """Apply from a workspace, and serve from the examples' folder, by a login that can only read."""
    monkeypatch.setenv("CANARY", "s3cr3t-canary-value")
    monkeypatch.setenv("RELAY_KEY", KEY)
    text = (FILES / "workspace" / "environment.yaml").read_text("utf-8")
    workspace.write("environments.yaml", text)
    workspace.write(
        "example.yaml",
        ACTION.format(
            name="example",
            url=service.url,
            authentication="{type: none}",
            method="POST",
            limits="{}",
            fixed=1,
        ),
    )
    owner = server.url(database)
    monkeypatch.setenv("OWNER", owner)
    assert callsheet("admin", "init", "--database", "env:OWNER", "--schema", "callsheet").code == 0
    assert callsheet("apply", "-C", workspace.path, "--yes", "--quiet").code == 0
    server.execute("CREATE ROLE relay_login LOGIN PASSWORD 'hunter2hunter2'")
    server.execute("GRANT callsheet_reader TO relay_login")
    monkeypatch.setenv("CALLSHEET_DATABASE", server.url(database, "relay_login", password="hunter2hunter2"))
    folder = tmp_path / "workspace-of-the-relay"
    folder.mkdir()
    (folder / "environment.yaml").write_text(text, "utf-8")
    with relaying(folder) as relay:
        assert relay.call().status_code == 200
    # It wrote nothing: the folder can be read-only.
    assert [one.name for one in folder.rglob("*")] == ["environment.yaml"]


def test_the_page_has_each_answer_of_the_relay() -> None:
    source = "".join(
        one.read_text("utf-8") for one in (ROOT / "compiler" / "callsheet" / "relay").glob("*.py")
    )
    answers = set(re.findall(r'\(\s*(\d{3}|status),\s*"(CS\d{3})",\s*"([a-z-]+)"', source))
    assert len(answers) >= 10
    rows = re.findall(r"^\| [^|]*\| ([^|]*) \| ([^|]*) \|", (FILES / "README.md").read_text("utf-8"), re.M)
    for _, code, outcome in answers - {("500", "CS999", "fault")}:
        assert [text for names, text in rows if f"`{outcome}`" in names and code in text], (code, outcome)


def test_what_the_page_names_is_there() -> None:
    metrics = importlib.import_module("callsheet.relay.metrics").Metrics().text()[0].decode()
    page = (FILES / "README.md").read_text("utf-8")
    named = {
        one.replace("…", "callsheet_relay")
        for one in re.findall(r"`((?:callsheet_relay|…)_[a-z_]+)`", page)
    }
    known = set(re.findall(r"^# TYPE (\S+) ", metrics, re.M))
    assert named == {one for one in known if not one.endswith("_created")}
