"""The relay's own certificate, which may be renewed while it runs, and whose of clients it accepts."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError, UsageError
from callsheet.relay.model import RelaySettings


class Certificate:
    """What a relay that speaks TLS shows, and asks of clients.

    Attributes:
        context: None for plain HTTP.

    Raises:
        CallsheetError: CS880 for files that are missing, cannot be read, or do not fit each other.

    """

    def __init__(self, settings: RelaySettings) -> None:
        self.context: ssl.SSLContext | None = None
        files = (settings.tls_cert, settings.tls_key)
        if files == (None, None) and settings.client_ca is None:
            if settings.client_names:
                raise UsageError(
                    "CS880",
                    "names of client certificates need --client-ca",
                    help="pass --client-ca FILE, the authorities that sign them",
                )
            return
        if files[0] is None or files[1] is None:
            raise UsageError(
                "CS880",
                "a relay that speaks TLS needs a certificate and its key",
                help="pass --tls-cert FILE and --tls-key FILE, both PEM",
            )
        self.files = (files[0], files[1])
        self.state = _state(self.files)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._use(self.context)
        if settings.client_ca is not None:
            try:
                self.context.load_verify_locations(settings.client_ca)
            except (OSError, ValueError):
                raise _unusable() from None
            self.context.verify_mode = ssl.CERT_REQUIRED

    def read_again(self) -> None:
        """Use the certificate for new connections where its files have changed; raises CS880."""
        if self.context is None:
            return
        state = _state(self.files)
        if state != self.state:
            self._use(self.context)
            self.state = state

    def _use(self, context: ssl.SSLContext) -> None:
        """Read both files once, and load what was read; what does not fit is loaded nowhere.

        Tried apart first: a context that a bad pair was loaded into has lost the good one. And of one
        reading: files that are being replaced may be another pair a moment later.
        """
        try:
            with _read_once(self.files) as (certificate, key):
                for one in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), context):
                    # A key with a passphrase is refused, and not asked for on a terminal.
                    one.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError):
            raise _unusable() from None


@contextmanager
def _read_once(files: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield paths at which the contents of files stay what they are: in memory, where the system can."""
    contents = [Path(one).read_bytes() for one in files]
    with _kept(contents[0]) as certificate, _kept(contents[1]) as key:
        yield certificate, key


@contextmanager
def _kept(content: bytes) -> Iterator[str]:
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
        descriptor = os.memfd_create("callsheet-relay", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    with tempfile.NamedTemporaryFile(prefix="callsheet-relay-") as file:  # readable by this user alone
        file.write(content)
        file.flush()
        yield file.name


def is_named(transport: Any, names: tuple[str, ...]) -> bool:
    """Return whether the client's certificate has one of the names, where one is wanted."""
    if not names:
        return True
    certificate = transport.get_extra_info("peercert") or {}
    found = [str(value).lower() for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"]
    return any(one.lower() in found for one in names)


def _state(files: tuple[str, str]) -> list[tuple[int, int, int] | None]:
    found: list[tuple[int, int, int] | None] = []
    for one in files:
        try:
            status = os.stat(one)
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            found.append(None)
    return found


def _unusable() -> CallsheetError:
    return CallsheetError(
        "CS880",
        "the certificate, its key or the authorities of clients cannot be used",
        help="all are PEM files that this user can read; the key belongs to the first certificate,"
        " and has no passphrase",
    )
