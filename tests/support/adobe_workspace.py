"""A workspace with a configuration of an endpoint, and the commands on it."""

from __future__ import annotations

from support.adobe import CLIENT, ORGANIZATION, SECRET, TOKEN, Adobe
from support.workspaces import Callsheet, Folder, Outcome

ENVIRONMENT = f"""\
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: journeys}}
spec:
  target:
    type: journey-optimizer
    organization: {ORGANIZATION}
    sandbox: prod
    api:
      clientId: {{secret: "env:ADOBE_CLIENT"}}
      clientSecret: {{secret: "env:ADOBE_SECRET"}}
      url: {{secret: "env:ADOBE_URL"}}
      tokenUrl: {{secret: "env:ADOBE_TOKEN_URL"}}
      limits: {{rate: 10000 per 1s, retries: 2, timeout: 5s}}
  ledger: {{type: sqlite, path: .callsheet/journeys.db}}
"""
CAPPING = """\
apiVersion: callsheet/v1
kind: EndpointConfig
metadata: {name: shop_api, title: The shop, owner: team-shop}
spec:
  url: https://api.example.com/v1/*
  methods: [POST, GET]
  capping: {action: {maxConnections: 50, rate: 300 per 1m}}
"""
THROTTLING = """\
apiVersion: callsheet/v1
kind: EndpointConfig
metadata: {name: all_calls}
spec:
  url: https://other.example.com/*
  methods: [POST]
  throttling: {perSecond: 500}
"""


class Do:
    """The commands on a workspace, each without a secret in what it prints."""

    def __init__(self, callsheet: Callsheet, folder: Folder) -> None:
        self.callsheet = callsheet
        self.folder = folder

    def __call__(self, verb: str, *arguments: str) -> Outcome:
        outcome = self.callsheet(verb, *arguments, "-C", self.folder.path)
        assert not any(one in outcome.out + outcome.err for one in (SECRET, TOKEN, CLIENT))
        return outcome

    def apply(self, *arguments: str) -> Outcome:
        return self("apply", "--yes", "-q", *arguments)

    def rewrite(self, old: str, new: str) -> None:
        file = self.folder.path / "shop.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def settled(self, adobe: Adobe, number: int = 1) -> None:
        """The next run finishes; what is there is what is wanted, once, and counts; and nothing is left to do."""
        outcome = self.apply()
        assert outcome.code == 0, outcome.err
        plan = self("plan", "--detailed-exitcode")
        assert plan.code == 0, plan.out
        assert "drift" not in plan.out.lower()
        assert len(adobe.configs) == number
        for one in adobe.configs.values():
            counts = one.get("deployedConfig")
            assert counts
            assert {name: one[name] for name in counts} == counts
