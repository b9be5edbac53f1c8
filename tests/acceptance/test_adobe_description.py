"""Every request that leaves for Adobe, and every answer that our stand-in gives, judged by Adobe's own description."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.adobe import CLIENT, ORGANIZATION, TOKEN, Adobe
from support.adobe_description import write_description
from support.adobe_workspace import CAPPING, ENVIRONMENT, THROTTLING, Do
from support.workspaces import SHARED, Callsheet, Folder

DESCRIPTIONS = SHARED / "reference" / "adobe"
PRISM = os.environ.get("CALLSHEET_PRISM") or shutil.which("prism")
pytestmark = [
    pytest.mark.skipif(
        not PRISM, reason="Prism is missing: npm install @stoplight/prism-cli, and CALLSHEET_PRISM"
    ),
    pytest.mark.skipif(
        not DESCRIPTIONS.is_dir(), reason="Adobe's descriptions are missing: ../shared/reference/adobe"
    ),
]


@pytest.fixture
def prism(adobe: Adobe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run Prism between: what breaks the description, going or coming, is answered by 422 or 500."""
    write_description(DESCRIPTIONS, tmp_path / "adobe.json")
    command = [str(PRISM), "proxy", str(tmp_path / "adobe.json"), adobe.url, "-p", "0", "--errors"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=said.extend, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        for _ in range(300):
            listening = [one for one in said if "listening on" in one]
            if listening or process.poll() is not None:
                break
            time.sleep(0.1)
        assert listening, "".join(said)
        url = "http://localhost:" + listening[0].strip().rpartition(":")[2].strip("/ ")
        monkeypatch.setenv("ADOBE_URL", url)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        reader.join(10)
        process.stdout.close()
        print("".join(said))


@pytest.fixture
def do(callsheet: Callsheet, empty: Folder, prism: str) -> Do:
    del prism
    empty.write(
        "environments.yaml",
        ENVIRONMENT.replace("sandbox: prod\n", "sandbox: prod\n    usage: journeys.json\n"),
    )
    empty.write("shop.yaml", CAPPING)
    empty.write("other.yaml", THROTTLING)
    return Do(callsheet, empty)


def test_every_request_and_answer_of_a_whole_life_is_as_adobe_describes_it(do: Do, adobe: Adobe) -> None:
    adobe.journeys = [
        {"id": "j1", "name": "Welcome", "version": "1.0", "status": "Deployed", "metadata": {}, "nodes": [
            {"id": "n", "type": "customAction", "name": "push", "paramMappings": [{"label": "A", "paramPath": "$.a", "expression": "1"}]},
        ]},
    ]  # fmt: skip
    do.settled(adobe, 2)
    do.rewrite("300 per 1m", "600 per 1m")
    do.rewrite("maxConnections: 50, ", "")
    (do.folder.path / "other.yaml").write_text(THROTTLING.replace("500", "900"))
    do.settled(adobe, 2)
    assert do("usage", "--save").code == 0
    (do.folder.path / "other.yaml").unlink()
    do.settled(adobe, 1)
    assert len(set(adobe.changes())) >= 8
    # What reached the stand-in went through the judge.
    assert {one.rpartition(" ")[0] for one in adobe.calls} == {"POST", "PUT", "GET", "DELETE"}


BAD = [
    {"url": "https://a.example.com/*", "methods": ["GET"]},
    {
        "url": "https://a.example.com/*",
        "methods": ["FETCH"],
        "services": {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1}}},
    },
    {
        "url": "https://a.example.com/*",
        "methods": ["GET"],
        "services": {"action": {"rating": {"maxCallsCount": "1", "periodInMs": 1}}},
    },
    {
        "url": "https://a.example.com/*",
        "methods": ["GET"],
        "services": {"other": {"rating": {"maxCallsCount": 1, "periodInMs": 1}}},
    },
    {"url": "https://a.example.com/*", "methods": ["GET"], "services": {"action": {}}, "more": 1},
]


def test_the_judge_judges(prism: str, adobe: Adobe) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "x-api-key": CLIENT,
        "x-gw-ims-org-id": ORGANIZATION,
        "x-sandbox-name": "prod",
    }
    for body in BAD:
        answer = httpx.post(
            f"{prism}/journey/orchestration/endpointConfigs", json=body, headers=headers, timeout=30
        )
        assert answer.status_code == 422, answer.text
    good = {**BAD[1], "methods": ["GET"]}
    del headers["x-sandbox-name"]
    url = f"{prism}/journey/orchestration/endpointConfigs"
    assert httpx.post(url, json=good, headers=headers, timeout=30).status_code == 422
    assert adobe.configs == {}
    assert (
        httpx.post(url, json=good, headers={**headers, "x-sandbox-name": "prod"}, timeout=30).status_code
        == 200
    )
