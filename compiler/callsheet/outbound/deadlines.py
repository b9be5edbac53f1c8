"""Calls that end in time, however slowly the other side writes: each read gets what is left of the whole.

A timeout of httpx is for one read: a service that sends a byte of a header now and then never meets it. Nor
does it hold for the look-up of a name, and it begins again for each address of a host.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from callsheet.outbound.addresses import addresses_of

_OF_THIS_THREAD = threading.local()


@contextmanager
def until(end: float) -> Iterator[None]:
    """Let what this thread reads and writes meanwhile end at a time of the monotonic clock."""
    before = getattr(_OF_THIS_THREAD, "end", None)
    _OF_THIS_THREAD.end = end
    try:
        yield
    finally:
        _OF_THIS_THREAD.end = before


class PunctualTransport(httpx.HTTPTransport):
    """httpx's transport, which keeps to `until`."""

    def __init__(self, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(),
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        if left is None or getattr(_OF_THIS_THREAD, "end", None) is None:
            return _Stream(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))
        end = time.monotonic() + left
        try:
            addresses = addresses_of(host, port, left)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} was not looked up in time") from None
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return self._first_of(addresses, port, end, local_address, socket_options)

    def _first_of(
        self,
        addresses: list[str],
        port: int,
        end: float,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each gets its part of the time that is left."""
        failed: Exception = httpcore.ConnectTimeout("the time is over")
        for number, address in enumerate(addresses):
            left = (end - time.monotonic()) / (len(addresses) - number)
            if left <= 0:
                break
            try:
                return _Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    end = getattr(_OF_THIS_THREAD, "end", None)
    if end is None:
        return timeout
    left = float(end - time.monotonic())
    if left <= 0:
        raise error("the time is over")
    return left if timeout is None else min(timeout, left)
