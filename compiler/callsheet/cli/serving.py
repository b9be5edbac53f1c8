"""A folder → a web server for this machine alone, in the background."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from callsheet.errors import CallsheetError
from callsheet.words import reason_of


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it; no page of another host reaches it by a name of its own."""

    def send_head(self) -> object:  # type: ignore[override]
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in ("127.0.0.1", "localhost"):
            self.send_error(403)
            return None
        return super().send_head()

    def log_message(self, *told: object) -> None:
        del told


def serve(folder: str, port: int) -> str:
    """Serve a folder on this machine until the process ends, and return the address.

    Raises:
        CallsheetError: CS968 where the port cannot be opened.

    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=folder))
    except (OSError, OverflowError) as error:
        why = reason_of(error, "it is no port")
        raise CallsheetError(
            "CS968",
            f"port {port} of this machine cannot be opened: {why}",
            help="name another with --port",
        ) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"
