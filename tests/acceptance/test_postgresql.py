"""Target and ledger in a real PostgreSQL, from the command line: rights, locks, faults, copies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgres import Proxy, Server, running, system_running
from support.processes import Started
from support.workspaces import ENVIRONMENT, POSTGRESQL, Callsheet, Folder


def test_the_main_job_on_postgresql(shared_workspace: Folder, callsheet: Callsheet) -> None:
    at = ("-C", shared_workspace.path)
    assert callsheet("plan", *at).out.endswith("Plan in local: 1 to create, 0 unchanged.\n")
    assert callsheet("apply", *at, "--yes").out.endswith("Apply 1 in local: 1 done.\n")
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    shared_workspace.action(constant="2")
    plan = shared_workspace.path.parent / "plan.json"
    assert callsheet("plan", *at, "--out", plan, "-q").code == 0
    identity = json.loads(plan.read_text())["target"]
    assert identity["type"] == "postgresql"
    assert identity["cluster"].isdigit()
    assert callsheet("apply", *at, plan).out.endswith("Apply 2 in local: 1 done.\n")
    assert "error CS917" in callsheet("apply", *at, plan).err
    assert [line[:7] for line in callsheet("history", *at).out.splitlines()] == ["2  done", "1  done"]
    assert callsheet("drift", *at).out == "No drift in local.\n"


def test_a_plan_for_another_database_is_refused(
    shared_workspace: Folder, server: Server, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = shared_workspace.path.parent / "plan.json"
    assert callsheet("plan", "-C", shared_workspace.path, "--out", plan, "-q").code == 0
    monkeypatch.setenv("CALLSHEET_DATABASE", server.url(server.database()))
    assert (
        "error CS915: the plan is for the target"
        in callsheet("apply", "-C", shared_workspace.path, plan).err
    )


# -- rights -----------------------------------------------------------------------------------


@pytest.fixture
def guarded() -> Iterator[Server]:
    """Give a server of its own that asks for passwords, with a login for each role."""
    with running() as server:
        server.require_passwords()
        server.execute("CREATE DATABASE shop")
        yield server


def login(server: Server, role: str) -> str:
    server.execute(f"CREATE ROLE {role}_login LOGIN PASSWORD 'hunter2hunter2'")
    server.execute(f"GRANT callsheet_{role} TO {role}_login")
    return server.url("shop", f"{role}_login", password="hunter2hunter2")


def test_the_database_itself_enforces_who_may_do_what(
    guarded: Server, workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    at = ("-C", workspace.path)
    monkeypatch.setenv("OWNER", guarded.url("shop"))
    made = callsheet("admin", "init", "--database", "env:OWNER")
    assert made.out == (
        "PostgreSQL shop.callsheet at this machine:\n"
        "  registry: version 2 made\n"
        "  ledger: version 3 made\n"
        "  role callsheet_reader: plan, drift, list\n"
        "  role callsheet_deployer: apply\n"
        "  role callsheet_owner: migrations\n"
        "Next, for each login: GRANT callsheet_deployer TO name\n"
    )
    again = callsheet("admin", "init", "--database", "env:OWNER")
    assert again.out == made.out.replace(" made", "")
    # A reader plans, and is refused when it applies.
    monkeypatch.setenv("CALLSHEET_DATABASE", login(guarded, "reader"))
    assert callsheet("plan", *at).code == 0
    refused = callsheet("apply", *at, "--yes", "-q")
    assert refused.code == 1
    assert refused.err == (
        "error CS942: the role has no right to do this in PostgreSQL shop.callsheet at this machine:"
        " permission denied for table callsheet_holder\n"
        "help: readers plan, deployers apply, owners migrate: `callsheet admin init` makes the three roles\n"
    )
    # A deployer applies, changes no history and no table.
    deployer = login(guarded, "deployer")
    monkeypatch.setenv("CALLSHEET_DATABASE", deployer)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    import psycopg

    with psycopg.connect(deployer, autocommit=True) as connection:
        connection.execute("SET search_path = callsheet")
        for statement in (
            "DELETE FROM ledger_apply",
            "UPDATE registry_history SET key = 'x'",
            "TRUNCATE ledger_end",
            "DROP TABLE ledger_end",
            "ALTER TABLE ledger_end DISABLE TRIGGER ALL",
            "CREATE TABLE x (y int)",
            "UPDATE callsheet_component SET version = 9",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    # The reader sees what was applied.
    monkeypatch.setenv("CALLSHEET_DATABASE", guarded.url("shop", "reader_login", password="hunter2hunter2"))
    assert callsheet("list", *at).code == callsheet("drift", *at).code == 0
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0


def test_a_deployer_meets_an_older_schema_and_an_owner_migrates_it(
    guarded: Server, workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    monkeypatch.setenv("OWNER", guarded.url("shop"))
    callsheet("admin", "init", "--database", "env:OWNER")
    guarded.execute("DROP TABLE callsheet.ledger_provenance", "shop")
    guarded.execute("UPDATE callsheet.callsheet_component SET version = 1 WHERE name = 'ledger'", "shop")
    monkeypatch.setenv("CALLSHEET_DATABASE", login(guarded, "deployer"))
    assert callsheet("plan", "-C", workspace.path).code == 0
    refused = callsheet("apply", "-C", workspace.path, "--yes", "-q")
    assert refused.err == (
        "error CS947: PostgreSQL shop.callsheet at this machine has the ledger in version 1, this callsheet"
        " writes version 3, and the role may not change it\n"
        "help: an owner of the database runs `callsheet admin init`\n"
    )
    assert "ledger: version 3 migrated from 1" in callsheet("admin", "init", "--database", "env:OWNER").out
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0


def test_wrong_password_and_no_such_database(
    guarded: Server, workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    guarded.execute("CREATE ROLE ci LOGIN PASSWORD 'right'")
    monkeypatch.setenv("CALLSHEET_DATABASE", guarded.url("shop", "ci", password="wr0ngwr0ng"))
    outcome = callsheet("plan", "-C", workspace.path)
    assert outcome.err == (
        "error CS941: PostgreSQL shop.callsheet at this machine refuses the login\n"
        "help: check user and password in the secret\n"
    )
    monkeypatch.setenv("CALLSHEET_DATABASE", guarded.url("nowhere"))
    assert (
        'error CS940: PostgreSQL nowhere.callsheet at this machine cannot be reached: database "nowhere"'
        in (callsheet("plan", "-C", workspace.path).err)
    )


@pytest.mark.parametrize(
    "secret", ["hunter2hunter2", "postgresql://u:hunter2@[", "https://u:hunter2@db/x", "x=hunter2"]
)
def test_what_is_no_url_is_refused_and_never_printed(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    monkeypatch.setenv("CALLSHEET_DATABASE", secret)
    outcome = callsheet("plan", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith("error CS946: env:CALLSHEET_DATABASE does not contain a connection URL\n")
    assert "hunter2" not in outcome.out + outcome.err


def test_the_url_itself_is_refused_on_a_command_line(callsheet: Callsheet) -> None:
    outcome = callsheet("admin", "init", "--database", "postgresql://u:hunter2@db/x")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "error CS921: --database takes a reference, such as env:CALLSHEET_DATABASE"
    )
    assert "hunter2" not in outcome.err
    outcome = callsheet("admin", "init", "--database", "env:X", "--schema", "x; drop")
    assert "error CS921: 'x; drop' is not a name for a schema" in outcome.err


def test_without_the_package_it_says_how_to_install_it(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    monkeypatch.setenv("CALLSHEET_DATABASE", "postgresql://localhost/x")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert callsheet("plan", "-C", workspace.path).err == (
        "error CS945: PostgreSQL needs the package psycopg, which is not installed\n"
        "help: pip install 'callsheet[postgresql]'\n"
    )


# -- connections ------------------------------------------------------------------------------


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    found = Proxy(server)
    yield found
    found.close()


def test_a_server_without_tls_is_refused_where_tls_is_asked(
    shared_workspace: Folder,
    database: str,
    proxy: Proxy,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"postgresql://postgres@127.0.0.1:{proxy.port}/{database}"
    monkeypatch.setenv("CALLSHEET_DATABASE", url + "?sslmode=require")
    outcome = callsheet("plan", "-C", shared_workspace.path)
    assert f"error CS944: no TLS connection to PostgreSQL {database}.callsheet at 127.0.0.1:" in outcome.err
    monkeypatch.setenv("CALLSHEET_DATABASE", url)
    assert callsheet("plan", "-C", shared_workspace.path).code == 0


def test_tls_is_required_of_every_other_host() -> None:
    from callsheet.databases.postgresql_connecting import _fields

    assert _fields("postgresql://db.example.com/x", "env:X")["sslmode"] == "require"
    assert _fields("postgresql://db.example.com/x?sslmode=disable", "env:X")["sslmode"] == "disable"
    assert "sslmode" not in _fields("postgresql://localhost/x", "env:X")
    assert "sslmode" not in _fields("dbname=x host=/run/postgresql", "env:X")


def test_tls_modes_are_honoured(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace.write("environments.yaml", POSTGRESQL)
    with system_running() as server:
        subprocess.run(
            [
                "openssl",
                "req",
                "-new",
                "-x509",
                "-days",
                "2",
                "-nodes",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-out",
                server.folder / "server.crt",
                "-keyout",
                server.folder / "server.key",
            ],
            check=True,
            capture_output=True,
        )
        if server.user:
            for name in ("server.crt", "server.key"):
                import shutil

                shutil.chown(server.folder / name, server.user)
        certificate = tmp_path / "root.crt"
        certificate.write_bytes((server.folder / "server.crt").read_bytes())
        server.execute("ALTER SYSTEM SET ssl = on")
        server.stop("fast")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        server.start(port)
        url = f"postgresql://postgres@localhost:{port}/postgres?sslmode="
        for mode, code in (("require", 0), ("verify-full", 1)):
            monkeypatch.setenv("CALLSHEET_DATABASE", url + mode)
            assert callsheet("plan", "-C", workspace.path).code == code
        monkeypatch.setenv("CALLSHEET_DATABASE", f"{url}verify-full&sslrootcert={certificate}")
        assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
        assert callsheet("plan", "-C", workspace.path, "--detailed-exitcode").code == 0


def test_a_server_that_is_down_or_stops_answering_is_named(
    shared_workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_DATABASE", "postgresql://127.0.0.1:1/x")
    outcome = callsheet("plan", "-C", shared_workspace.path)
    assert outcome.err == (
        "error CS940: PostgreSQL x.callsheet at 127.0.0.1:1 cannot be reached: Connection refused\n"
        "help: check that the server is running, and run the command again: what was committed is recorded\n"
    )


def test_what_the_url_says_itself_counts(
    shared_workspace: Folder,
    server: Server,
    database: str,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"{server.url(database)} connect_timeout=3 application_name=ci options='-c work_mem=1MB'"
    monkeypatch.setenv("CALLSHEET_DATABASE", url)
    assert callsheet("apply", "-C", shared_workspace.path, "--yes", "-q").code == 0


def test_a_row_that_somebody_holds_ends_the_wait(
    shared_workspace: Folder, server: Server, database: str, callsheet: Callsheet
) -> None:
    assert callsheet("apply", "-C", shared_workspace.path, "--yes", "-q").code == 0
    shared_workspace.write("environments.yaml", POSTGRESQL.replace('E"}}', 'E"}, lockTimeout: 200ms}'))
    shared_workspace.action(constant="2")
    import psycopg

    with psycopg.connect(server.url(database)) as holder:
        holder.execute("SELECT * FROM callsheet.registry_action FOR UPDATE")
        outcome = callsheet("apply", "-C", shared_workspace.path, "--yes", "-q")
    assert outcome.code == 1
    assert "error CS943: PostgreSQL" in outcome.err
    assert "canceling statement due to lock timeout" in outcome.err
    assert callsheet("apply", "-C", shared_workspace.path, "--yes", "-q").code == 0


# -- one at a time ----------------------------------------------------------------------------

HOLDER = """
import time
from callsheet.databases.postgresql_connecting import open_database

database = open_database({"url": {"secret": "env:CALLSHEET_DATABASE"}})
database.lock()
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_ends_with_the_process_that_held_it(shared_workspace: Folder, callsheet: Callsheet) -> None:
    at = ("-C", shared_workspace.path)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    shared_workspace.action(constant="2")
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        refused = callsheet("apply", *at, "--yes", "-q")
        assert "error CS901: another callsheet is at work on PostgreSQL test_" in refused.err
        assert f"(process {holder.pid} on {os.uname().nodename}, since 20" in refused.err
        # Who only reads does not wait.
        assert callsheet("plan", *at).code == 0
        holder.kill()
    begin = time.monotonic()
    while callsheet("apply", *at, "--yes", "-q").code != 0:
        assert time.monotonic() - begin < 1, "a killed holder must free the lock at once"


def rounds(request: pytest.FixtureRequest, short: int, long: int) -> int:
    return long if request.config.getoption("--long") else short


@pytest.mark.timeout(1800)
def test_of_eight_deployers_at_once_exactly_one_applies_each_plan(
    shared_workspace: Folder,
    server: Server,
    database: str,
    callsheet: Callsheet,
    request: pytest.FixtureRequest,
) -> None:
    plan = shared_workspace.path.parent / "plan.json"
    number = rounds(request, 2, 50)
    for round_ in range(1, number + 1):
        shared_workspace.action(constant=str(round_))
        assert callsheet("plan", "-C", shared_workspace.path, "-q", "--out", plan).code == 0
        eight = [
            Started(plan.with_name(f"said {one}"), "apply", "-C", shared_workspace.path, plan)
            for one in range(8)
        ]
        codes = [one.wait() for one in eight]
        said = [one.errors for one in eight]
        assert sorted(codes) == [0, *[1] * 7], said
        assert all(any(code in one for code in ("CS901", "CS917")) for one in said if one), "\n".join(said)
        found = server.execute("SELECT revision FROM callsheet.registry_action", database)
        assert found == [(round_,)]
    assert server.execute("SELECT count(*) FROM callsheet.ledger_apply", database) == [(number,)]


# -- faults -----------------------------------------------------------------------------------

ACTIONS = 120


def settled(folder: Folder, callsheet: Callsheet, server: Server, database: str) -> None:
    """Apply what is left; nothing is lost, nothing was done twice."""
    outcome = callsheet("apply", "-C", folder.path, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    query = "SELECT count(*), max(revision) FROM callsheet.registry_action"
    assert server.execute(query, database) == [(ACTIONS, 1)]
    assert server.execute("SELECT count(*) FROM callsheet.registry_history", database) == [(ACTIONS,)]
    assert server.execute("SELECT count(*) FROM callsheet.ledger_object", database) == [(ACTIONS,)]
    assert callsheet("plan", "-C", folder.path, "--detailed-exitcode").code == 0
    assert callsheet("drift", "-C", folder.path, "--detailed-exitcode").code == 0


def start_apply(folder: Folder) -> Started:
    return Started(folder.path.parent / "said", "apply", "-C", folder.path, "--yes", "-q")


def wait_for(server: Server, database: str, steps: int) -> None:
    """Wait until an apply is in the middle."""
    import psycopg

    with psycopg.connect(server.url(database), autocommit=True) as connection:
        for _ in range(4000):
            there = connection.execute("SELECT to_regclass('callsheet.ledger_outcome')").fetchone()
            if there and there[0]:
                done = connection.execute("SELECT count(*) FROM callsheet.ledger_outcome").fetchone()
                began = connection.execute("SELECT count(*) FROM callsheet.ledger_apply").fetchone()
                if began and began[0] and done and done[0] >= steps:
                    return
            time.sleep(0.001)
    pytest.fail("the apply never came so far")


@pytest.fixture
def many(workspace: Folder) -> Folder:
    workspace.write("environments.yaml", POSTGRESQL)
    for number in range(ACTIONS - 1):
        workspace.action(f"action_{number}")
    return workspace


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", ["kill", "stop", "cut"])
def test_the_next_run_settles_what_a_fault_left(
    fault: str,
    many: Folder,
    callsheet: Callsheet,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    middle = 0
    wanted = rounds(request, 1, 10)
    with running() as server:
        # On a busy machine an apply may be through before the fault reaches it: then there is one more round.
        for round_ in range(wanted + 8):
            if round_ >= wanted and middle:
                break
            database = server.database()
            forward = Proxy(server) if fault == "cut" else None
            url = server.url(database)
            if forward is not None:
                monkeypatch.setenv(
                    "CALLSHEET_DATABASE", f"postgresql://postgres@127.0.0.1:{forward.port}/{database}"
                )
            else:
                monkeypatch.setenv("CALLSHEET_DATABASE", url)
            process = start_apply(many)
            wait_for(server, database, ((round_ + 1) % 4) * 25)
            if fault == "kill":
                process.kill()
            elif forward is not None:
                forward.cut()
            else:
                # The server takes longer to stop than an apply to end: the apply waits for it, in the middle.
                process.send(signal.SIGSTOP)
                server.stop("immediate")
                process.send(signal.SIGCONT)
            code, error = process.wait(), process.errors
            if fault == "stop":
                server.start()
            if fault != "kill" and code:
                assert "error CS940: PostgreSQL" in error
                assert "Traceback" not in error
            done = server.execute("SELECT count(*) FROM callsheet.ledger_outcome", database)[0][0]
            middle += done < ACTIONS
            monkeypatch.setenv("CALLSHEET_DATABASE", url)
            settled(many, callsheet, server, database)
            if forward is not None:
                forward.close()
    assert middle > 0, "no fault came in the middle: the test proved nothing"


def test_a_reading_sees_one_state_while_another_applies(
    many: Folder, callsheet: Callsheet, database: str
) -> None:
    del database
    process = start_apply(many)
    while process.running():
        outcome = callsheet("drift", "-C", many.path, "--detailed-exitcode")
        assert outcome.code == 0, outcome.out + outcome.err
    assert (process.wait(), process.errors) == (0, "")


# -- copies -----------------------------------------------------------------------------------


def test_a_ledger_moves_to_postgresql_and_back_verified_by_digest(
    workspace: Folder, database: str, callsheet: Callsheet
) -> None:
    del database
    at = ("-C", workspace.path)
    for constant in ("1", "2"):
        workspace.action(constant=constant)
        assert callsheet("apply", *at, "--yes", "-q").code == 0
    history = callsheet("history", *at, "-o", "json").out
    there = callsheet("ledger", "copy", "env:CALLSHEET_DATABASE/moved", *at)
    assert there.code == 0, there.err
    assert "  registry_history: 2 rows, sha256:" in there.out
    assert there.out.endswith("Next: name env:CALLSHEET_DATABASE/moved in its environment.\n")
    workspace.write("environments.yaml", POSTGRESQL.replace('E"}}', 'E"}, schema: moved}'))
    assert callsheet("history", *at, "-o", "json").out == history
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    workspace.action(constant="3")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    back = callsheet("ledger", "copy", ".callsheet/back.db", *at)
    assert back.code == 0, back.err
    workspace.write("environments.yaml", ENVIRONMENT.replace("local.db", "back.db"))
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    assert callsheet("history", *at).out.startswith("3  done")
    again = callsheet("ledger", "copy", ".callsheet/back.db", *at)
    assert again.code == 1


def test_a_ledger_is_not_copied_over_another(
    workspace: Folder, callsheet: Callsheet, database: str
) -> None:
    del database
    at = ("-C", workspace.path)
    assert callsheet("ledger", "copy", ".callsheet/new.db", *at).err.startswith(
        "error CS925: there is no ledger"
    )
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert callsheet("ledger", "copy", "env:CALLSHEET_DATABASE", *at).code == 0
    refused = callsheet("ledger", "copy", "env:CALLSHEET_DATABASE", *at)
    assert "already contains a ledger" in refused.err
    assert refused.err.startswith("error CS932: PostgreSQL ")


def test_a_step_and_its_record_are_one_transaction(
    many: Folder, server: Server, database: str, callsheet: Callsheet
) -> None:
    """PostgreSQL itself says by which transaction each row was written."""
    assert callsheet("apply", "-C", many.path, "--yes", "-q").code == 0
    by = "SELECT xmin::text FROM callsheet.{} ORDER BY address"
    deployed, recorded = (
        server.execute(by.format(table), database) for table in ("registry_action", "ledger_object")
    )
    assert deployed == recorded
    assert len({one for (one,) in deployed}) == 3  # of 25, 50 and 45 steps
