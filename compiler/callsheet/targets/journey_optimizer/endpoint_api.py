"""The calls by which configurations of endpoints are read and written at Adobe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import astuple

from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.outbound.retries import looks
from callsheet.targets.journey_optimizer.account import ORCHESTRATION, Account, objects
from callsheet.targets.journey_optimizer.configs import CAPPING, PATHS, Config, Settings, read_config
from callsheet.targets.journey_optimizer.refusals import cannot_deploy, code_of, refusal_of
from callsheet.targets.model import StepRefused
from callsheet.targets.rest.client import ServiceAnswer

LOOKS = 6
"""How often a deployed configuration is read back before it is said that it does not show."""
REFUSALS = (500,)
"""Adobe answers 500 to what is invalid, too."""


class EndpointApi:
    """The capping and throttling configurations of one sandbox, by Adobe's API."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def configs(self) -> list[Config]:
        """Return every configuration as the API answers it now."""
        found = []
        for path in PATHS:
            answer = self.account.call("POST", f"{ORCHESTRATION}/list{path}", body={}, reads=True)
            found += [_read(path, one) for one in objects(answer, f"list{path}")]
        return found

    def get(self, path: str, uid: str) -> Config | None:
        """Return one configuration as the API answers it now; None where it is not there."""
        answer = self.account.call("GET", f"{ORCHESTRATION}{path}/{uid}")
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.value, dict):
            raise CallsheetError(
                "CS873", f"Adobe's API cannot be read: it answered {answer.status}", help="try again later"
            )
        body = answer.value.get("result")
        return _read(path, body if isinstance(body, dict) else answer.value)

    def create(self, path: str, body: dict[str, Any], said: Settings) -> Config:
        """Create a configuration; raises UntouchedError where Adobe refuses it."""
        answer = self.account.call("POST", f"{ORCHESTRATION}{path}", body=body, answers=REFUSALS)
        if answer.status != 200:
            # 500 stands for what is invalid, and for what broke: the list shows whether it is there.
            made = [one for one in self.configs() if one.path == path and equal(one.draft, said)]
            if len(made) == 1 and answer.status >= 500:
                return made[0]
            raise UntouchedError(*self._refused(answer).args)
        element = answer.value.get("createdElement") if isinstance(answer.value, dict) else None
        config = _read(path, element if isinstance(element, dict) else {})
        refusal = cannot_deploy(answer.value)
        if refusal is not None:
            self.delete(config)
            raise UntouchedError(*refusal.args)
        return config

    def update(self, config: Config, body: dict[str, Any], before: Mapping[str, Any] | None) -> Config:
        """Write over a configuration; `before` is the body that callsheet wrote last, None without one.

        Raises:
            StepRefused: where Adobe refuses it; UntouchedError where what was there is there.

        """
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        answer = self.account.call("PUT", where, body=body, answers=REFUSALS)
        if answer.status != 200:
            refused = self._refused(answer)
            now = self.get(config.path, config.uid)
            # 500 stands for what broke half way, too.
            raise refused if now is None or not _same(now, config) else UntouchedError(*refused.args)
        refusal = cannot_deploy(answer.value)
        if refusal is not None:
            if before is None:
                raise refusal
            # What counts did not change: put back what was written, so that this is not deployed.
            self.account.call("PUT", where, body=before, answers=REFUSALS)
            raise UntouchedError(*refusal.args)
        now = self.get(config.path, config.uid)
        if now is None:
            raise StepRefused("it was deleted at Adobe in the meantime; plan again")
        return now

    def deploy(self, config: Config) -> None:
        """Make a configuration count: one that counts already is taken back first, as the page says."""
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        if config.path == CAPPING and config.active is not None:
            self._done(f"{where}/undeploy")
        elif config.settled:
            return  # throttling counts as soon as it is written
        self._done(f"{where}/deploy")

    def delete(self, config: Config) -> None:
        """Take a configuration back, delete it, and read back that it is gone."""
        where = f"{ORCHESTRATION}{config.path}/{config.uid}"
        for look in self.looks():
            # What counts for nothing is deleted as it is; the answer says where that is no longer so.
            if look or config.active is not None:
                self._done(f"{where}/undeploy", gone=True)
            answer = self.account.call("DELETE", where, answers=REFUSALS)
            if answer.status == 404:
                return
            if answer.status in (200, 204):
                self._gone(config)
                return
            if code_of(answer.value) != "1451":
                break
        raise self._refused(answer)

    def _gone(self, config: Config) -> None:
        """Read back that a configuration is gone: some readings show for a while what was there before."""
        for _ in self.looks():
            if self.get(config.path, config.uid) is None:
                return
        raise StepRefused("Adobe accepted the deletion, but still shows the configuration; plan again")

    def looks(self) -> Iterator[int]:
        """Yield so often as a configuration is read back, with a pause between."""
        return looks(LOOKS, self.account.client.wait)

    def _refused(self, answer: ServiceAnswer) -> StepRefused:
        return refusal_of(answer, self.account.client.shown)

    def _done(self, where: str, *, gone: bool = False) -> None:
        for _ in self.looks():
            answer = self.account.call("POST", where, answers=REFUSALS, repeatable=True, read_back=True)
            if answer.status in (200, 204) or (gone and answer.status == 404):
                return
            if answer.status != 404:
                break  # only what was just created may not be there yet, everywhere
        raise self._refused(answer)


class UntouchedError(StepRefused):
    """A step was refused, and what was there is there as it was."""


def _read(path: str, body: Mapping[str, Any]) -> Config:
    try:
        return read_config(path, body)
    except (KeyError, TypeError, AttributeError):
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: a configuration of {path} does not match Adobe's description",
            help="check that `api` is the URL of Adobe's gateway; nothing more was changed",
        ) from None


def _same(one: Config, other: Config) -> bool:
    return equal(astuple(one), astuple(other))
