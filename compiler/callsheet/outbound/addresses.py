"""A name of a host → its addresses, in a bounded time: the system's own look-up takes as long as it likes.

A look-up that nobody waits for any more goes on in a thread of its own, and whoever asks for the same name
meanwhile waits for the same one: a name server that does not answer costs one thread for a name.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from concurrent.futures import Future

_GOING: dict[tuple[str, int], Future[list[str]]] = {}
_LOCK = threading.Lock()


def addresses_of(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host, in the order in which they should be tried.

    Raises:
        TimeoutError: where they are not known in time.
        OSError: where the host has none.

    """
    if _is_address(host):
        return [host]
    key = (host, port)
    with _LOCK:
        found = _GOING.get(key)
        if found is None:
            found = _GOING[key] = Future()
            threading.Thread(target=_look_up, args=(key, found), name="look-up", daemon=True).start()
    return found.result(seconds)


def _look_up(key: tuple[str, int], found: Future[list[str]]) -> None:
    host, port = key
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        result = list(dict.fromkeys(str(one[4][0]) for one in answers))
        error: BaseException | None = None if result else OSError(f"{host} has no address")
    except (OSError, UnicodeError) as raised:
        error = raised if isinstance(raised, OSError) else OSError(str(raised))
    with _LOCK:
        del _GOING[key]
    if error is None:
        found.set_result(result)
    else:
        found.set_exception(error)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
