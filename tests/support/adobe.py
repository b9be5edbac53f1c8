"""Adobe's API of Journey Optimizer on this machine: it keeps configurations and journeys as its pages say.

It knows who calls, refuses what is invalid with 500, lets nothing that is deployed be deleted (1451), wants
throttling in production sandboxes only (1463) and once (1465), gives methods back in another order and -1 for
connections that nothing bounds, and fails as it is told.
"""

from __future__ import annotations

import copy
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET, TOKEN = "client-of-the-shop", "s3cr3t-of-the-shop", "t0k3n-of-adobe"
ORGANIZATION = "0A7F574EBB4C6E1423973F52@AdobeOrg"
BASE = "/journey/orchestration"
MEMBERS = {"POST": "createdElement", "PUT": "updatedElement"}


@dataclass
class Adobe:
    """What the API holds, and what goes wrong next.

    `faults` are taken one for each call that changes something: `before` (cut, nothing done), `after` (done, and
    cut), `500` (nothing done), `500-after` (done, and 500), `429`, `lie` (done, and something else kept), `slow`.
    `on_change` is asked `before` and `after` each call that changes something, whether to cut it.
    `cannot_deploy`: codes by which a configuration is refused, where its url
    has `cannot_deploy_url` in it. `list_faults` for each call that reads. `lag`: so many reads show what was there before.
    """

    port: int = 0
    production: bool = True
    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    journeys: list[dict[str, Any]] = field(default_factory=list)
    pages_of: Callable[[int], Any] = lambda number: number
    events: list[dict[str, Any]] = field(default_factory=list)
    certificates: list[dict[str, Any]] = field(default_factory=list)
    marketing: dict[str, list[str]] = field(default_factory=lambda: {"core": [], "custom": []})
    marketing_status: int = 200
    connection: dict[str, Any] = field(default_factory=dict)
    events_name: str = "customerAuditLogList"
    events_shape: Callable[[Any], Any] | None = None
    audited: bool = True
    faults: list[str] = field(default_factory=list)
    list_faults: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    cannot_deploy: list[str] = field(default_factory=list)
    cannot_deploy_url: str = ""
    tokens: int = 0
    number: int = 0
    clock: int = 0
    lag: int = 0
    page_size: int = 100
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    forget: bool = False
    on_change: Callable[[str], bool] = lambda when: False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def changes(self) -> list[str]:
        """The calls that changed something, without the ids."""
        return [
            re.sub(r"/u[0-9]+", "", one)
            for one in self.calls
            if not one.startswith(("GET", "POST /list", "POST /ims"))
        ]

    def now(self) -> str:
        self.clock += 1
        return f"2026-11-25T08:{self.clock // 60:02d}:{self.clock % 60:02d}Z"

    def by_hand(self, uid: str, **changed: Any) -> None:
        """Change a configuration as somebody else would."""
        one = self.configs[uid]
        one.update(changed)
        one["state"] = "updated" if "deployedConfig" in one else "created"
        one["metadata"] |= {"lastModifiedBy": "Grace", "lastModifiedAt": self.now()}


def invalid(body: Any, *, throttling: bool) -> str:
    """Why a body is refused; empty where it is not."""
    if not isinstance(body, dict):
        return "ERR_ENDPOINTCONFIG_112"
    if throttling:
        good = isinstance(body.get("maxThroughput"), int) and 200 <= body["maxThroughput"] <= 5_000
        return "" if good and body.get("urlPattern") and body.get("methods") else "1456"
    services = body.get("services")
    if not isinstance(services, dict) or not services or not set(services) <= {"action", "dataSource"}:
        return "ERR_AUTHORING_ENDPOINTCONFIG_1"
    ratings = [one.get("rating") or {} for one in services.values()]
    if not body.get("methods"):
        return "ERR_ENDPOINTCONFIG_103"
    return (
        ""
        if all(one.get("maxCallsCount", 0) > 0 and one.get("periodInMs", 0) > 0 for one in ratings)
        else "ERR_ENDPOINTCONFIG_107"
    )


@contextmanager
def running(port: int = 0) -> Iterator[Adobe]:
    """Run the API on a free port."""
    found = Adobe()

    class Handler(BaseHTTPRequestHandler):
        # Headers and body go out in two pieces: the second must not wait for the first one's receipt.
        disable_nagle_algorithm = True
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, value: Any = None, **headers: str) -> None:
            content = (
                b"" if value is None else value if isinstance(value, bytes) else json.dumps(value).encode()
            )
            self.send_response(status)
            if content and not isinstance(value, bytes):
                self.send_header("Content-Type", "application/json;charset=utf-8")
            for name, text in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name.replace("_", "-"), text)
            self.end_headers()
            self.wfile.write(content)

        def error(self, status: int, code: int | str, message: str) -> None:
            self.answer(
                status,
                {
                    "status": status,
                    "error": {"code": code, "family": "INPUT_OUTPUT_ERROR", "message": message},
                    "requestId": "r1",
                },
            )

        def cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def do(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            path = urlsplit(self.path).path
            found.calls.append(f"{self.command} {path.removeprefix(BASE)}")
            if path == "/ims/token/v3":
                self.token(text)
                return
            if (
                self.headers.get("Authorization") != f"Bearer {TOKEN}"
                or self.headers.get("x-api-key") != CLIENT
            ):
                self.answer(401, {"error_code": "401013", "message": "Oauth token is not valid"})
                return
            if self.headers.get("x-gw-ims-org-id") != ORGANIZATION:
                self.answer(
                    403, {"error_code": "403027", "message": f"user of {SECRET} region does not match"}
                )
                return
            if self.headers.get("x-sandbox-name") not in ("prod", "dev"):
                self.error(404, 1100, "sandbox not found")
                return
            if path == "/ajo/journey":
                self.listed_journeys()
            elif path == "/data/core/mtls/v1/certificate/public-certificate":
                self.answer(200, {"results": found.certificates, "total": len(found.certificates)})
            elif path == "/data/foundation/query/connection_parameters":
                self.answer(200 if found.connection else 403, found.connection)
            elif path.startswith("/data/foundation/dulepolicy/marketingActions/"):
                self.marketing_actions(*path.split("/")[5:])
            elif path == "/data/foundation/audit/events":
                self.listed_events()
            elif path.startswith(f"{BASE}/list/"):
                self.listed(path.removeprefix(f"{BASE}/list/"))
            elif path.startswith(BASE):
                self.config(path.removeprefix(f"{BASE}/").split("/"), json.loads(text) if text else None)
            else:
                self.answer(404, {"message": "no such path"})

        def marketing_actions(self, owner: str, name: str = "") -> None:
            if found.marketing_status != 200:
                self.answer(found.marketing_status, {"title": "no"})
            elif not name:
                children = [{"name": one, "description": one} for one in found.marketing[owner]]
                self.answer(200, {"_page": {"count": len(children)}, "_links": {}, "children": children})
            elif name in found.marketing[owner]:
                self.answer(200, {"name": name, "description": name})
            else:
                self.answer(404, {"title": "not found"})

        def token(self, text: str) -> None:
            form = {name: one[0] for name, one in parse_qs(text).items()}
            found.tokens += 1
            if form.get("client_secret") != SECRET or form.get("client_id") != CLIENT:
                self.answer(
                    400, {"error": "invalid_client", "error_description": form.get("client_secret")}
                )
                return
            assert form["grant_type"] == "client_credentials"
            assert "," in form["scope"]
            self.answer(200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 86_399})

        # -- reading ----------------------------------------------------------------

        def fault_of_reading(self) -> bool:
            fault = found.list_faults.pop(0) if found.list_faults else ""
            if fault == "html":
                self.answer(200, b"<html>sign in</html>")
            elif fault == "cut":
                self.cut()
            elif fault == "429":
                self.answer(429, {"message": "slow down"}, Retry_After="0")
            elif fault:
                self.answer(int(fault), {"message": "broken"})
            return bool(fault)

        def shown(self, uid: str) -> dict[str, Any]:
            one = copy.deepcopy(found.configs[uid])
            one["methods"] = list(reversed(one["methods"]))
            if one["state"] == "deployed":
                for service in one.get("services", {}).values():
                    service.setdefault("maxHttpConnections", -1)
            return one

        def listed(self, collection: str) -> None:
            if self.fault_of_reading():
                return
            if found.lag:
                found.lag -= 1
                there = found.seen
            else:
                found.seen = copy.deepcopy(found.configs)
                there = {uid: self.shown(uid) for uid in found.configs}
            self.answer(200, {"results": [one for one in there.values() if self.kind(one) == collection]})

        def kind(self, one: dict[str, Any]) -> str:
            return "throttlingConfigs" if "maxThroughput" in one else "endpointConfigs"

        def listed_events(self) -> None:
            if not found.audited:
                self.answer(403, {"title": "no permission"})
                return
            query = parse_qs(urlsplit(self.path).query)
            wanted, after = query["property"]
            verbs = wanted.removeprefix("action==").split(",")
            there = [
                one for one in found.events
                if one["action"].lower() in verbs
                and (not str(one["timestamp"]).startswith("20") or one["timestamp"] > after.removeprefix("timestamp>"))
            ]  # fmt: skip
            start, size = int(query["start"][0]), int(query["limit"][0])
            page = there[start : start + size]
            named = {"_embedded": {found.events_name: page}, "queryId": "q"}
            self.answer(200, named if found.events_shape is None else found.events_shape(page))

        def listed_journeys(self) -> None:
            if self.fault_of_reading():
                return
            query = parse_qs(urlsplit(self.path).query)
            page, size = (
                int(query.get("page", ["0"])[0]),
                min(int(query.get("pageSize", ["100"])[0]), found.page_size),
            )
            pages = max(1, -(-len(found.journeys) // size))
            self.answer(
                200,
                {
                    "results": found.journeys[page * size : (page + 1) * size],
                    "page": page,
                    "limit": size,
                    **({} if found.pages_of(pages) is None else {"pages": found.pages_of(pages)}),
                },
            )

        # -- changing ---------------------------------------------------------------

        def config(self, parts: list[str], body: Any) -> None:
            collection, uid, verb = parts[0], *[*parts[1:], "", ""][:2]
            if self.command == "GET":
                if found.lag and uid in found.configs:
                    found.lag -= 1
                    if uid in found.seen:
                        self.answer(200, {"result": found.seen[uid]})
                    else:
                        self.error(404, 1452, "unknown uid")
                elif uid not in found.configs or self.kind(found.configs[uid]) != collection:
                    self.error(404, 1452, "unknown uid")
                else:
                    self.answer(200, self.can_deploy(uid) if verb else {"result": self.shown(uid)})
                return
            fault = found.faults.pop(0) if found.faults else ""
            if fault == "before" or found.on_change("before"):
                self.cut()
                return
            if fault == "429":
                self.answer(429, {"message": "slow down"}, Retry_After="0")
                return
            if fault == "500":
                self.error(500, "ERR_INTERNAL", f"something broke, {TOKEN}")
                return
            if fault == "slow":
                time.sleep(0.4)
            before = copy.deepcopy(found.configs)
            status, value = self.changed(collection, uid, verb, body)
            if found.lag:
                found.seen = before
            if fault == "lie":
                for one in found.configs.values():
                    if "services" in one:
                        next(iter(one["services"].values()))["rating"]["maxCallsCount"] = 7
                        one.get("deployedConfig", {}).update(services=copy.deepcopy(one["services"]))
            if fault == "after" or found.on_change("after"):
                self.cut()
            elif fault == "500-after":
                self.error(500, "ERR_INTERNAL", "it broke, and it is there")
            elif status >= 400:
                self.error(status, *value)
            else:
                self.answer(status, value)

        def refuses(self, one: dict[str, Any]) -> bool:
            return bool(found.cannot_deploy) and found.cannot_deploy_url in one["url"]

        def can_deploy(self, uid: str) -> dict[str, Any]:
            if not self.refuses(found.configs[uid]):
                return {"validationStatus": "ok"}
            errors = [{"errorCode": one, "error": f"capping config: {one}"} for one in found.cannot_deploy]
            return {"validationStatus": "error", "reason": f"{len(errors)} error", "errors": errors}

        def changed(self, collection: str, uid: str, verb: str, body: Any) -> tuple[int, Any]:
            throttling = collection == "throttlingConfigs"
            if self.command == "POST" and not uid:
                return self.created(throttling, body)
            one = found.configs.get(uid)
            if one is None or self.kind(one) != collection:
                return 404, (1452, "unknown uid")
            if verb == "deploy":
                if self.refuses(one):
                    return 500, (found.cannot_deploy[0], "the definition is not valid")
                self.deploy(one)
                return 204, None
            if verb == "undeploy":
                if one["state"] == "deployed" or "deployedConfig" in one:
                    one.pop("deployedConfig", None)
                    one |= {
                        "state": "updated" if one.pop("touched", False) else "created",
                        "hasBeenDeployed": False,
                    }
                return 204, None
            if self.command == "DELETE":
                forced = "forceDelete=true" in self.path
                if "deployedConfig" in one and not forced:
                    return 500, (
                        1451,
                        "Can't delete a deployed endpoint config. Undeploy it before deleting it",
                    )
                del found.configs[uid]
                return 200, {}
            why = invalid(body, throttling=throttling)
            if why:
                return (400 if throttling else 500), (why, "invalid payload")
            kept = {
                name: one[name]
                for name in ("uid", "metadata", "deployedConfig", "hasBeenDeployed")
                if name in one
            }
            found.configs[uid] = one = {**body, **kept, "state": "updated", "touched": True}
            one["metadata"] |= {"lastModifiedBy": "callsheet", "lastModifiedAt": found.now()}
            if throttling and "deployedConfig" in one:
                self.deploy(one)  # it counts at once
            return 200, {
                "updatedElement": self.shown(uid),
                "uid": uid,
                "resStatus": "updated",
                "canDeploy": self.can_deploy(uid),
            }

        def created(self, throttling: bool, body: Any) -> tuple[int, Any]:
            why = invalid(body, throttling=throttling)
            if why:
                return (400 if throttling else 500), (why, "invalid payload")
            if throttling and not found.production:
                return 400, (1463, "throttling config: the sandbox is not a production sandbox")
            if throttling and any("maxThroughput" in one for one in found.configs.values()):
                return 400, (1465, "throttling config: there is one already")
            found.number += 1
            uid = f"u{found.number}"
            now = found.now()
            metadata = {
                "createdBy": "callsheet",
                "createdAt": now,
                "lastModifiedBy": "callsheet",
                "lastModifiedAt": now,
            }
            found.configs[uid] = {
                **body,
                "uid": uid,
                "state": "created",
                "metadata": metadata,
                "hasBeenDeployed": False,
            }
            return 200, {
                "createdElement": self.shown(uid),
                "uid": uid,
                "resStatus": "created",
                "canDeploy": self.can_deploy(uid),
            }

        def deploy(self, one: dict[str, Any]) -> None:
            said = {
                name: one[name]
                for name in ("url", "urlPattern", "methods", "services", "maxThroughput")
                if name in one
            }
            one |= {"state": "deployed", "hasBeenDeployed": True, "deployedConfig": copy.deepcopy(said)}
            one["metadata"] |= {"lastDeployedBy": "callsheet", "lastDeployedAt": found.now()}

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *arguments: object) -> None:
            del arguments

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError, OSError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
