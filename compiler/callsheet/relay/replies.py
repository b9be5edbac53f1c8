"""What came of a call → the answer to the caller, with a status that a journey can branch on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.calling.attempts import TOO_LONG, Answer
from callsheet.calling.sending import AfterSendingError
from callsheet.errors import CallsheetError

JSON = "application/json"
_TYPE = re.compile(
    r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(; ?[a-z0-9-]+=[a-zA-Z0-9\"_.-]+)*", re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_UNDECLARED = re.compile(r"`(.*)` is not declared", re.DOTALL)


class Reply(Struct, frozen=True, kw_only=True):
    """The answer to a caller.

    Attributes:
        outcome: `vendor` where the service answered, `failed` where it did so with a failure as a success;
            else one word for why it did not.
        code: of the catalog, where the relay itself answers.
        sent: whether something left for the service, or may have.
        attempts: how often it was sent.
        why: what is wrong with the relay itself, for its log only: by names of secrets, never their values.
        refused: whether the service refused it for now, and so did nothing.

    """

    status: int
    body: bytes
    outcome: str
    code: str = ""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bool = False
    attempts: int = 0
    refused: bool = False
    why: str = ""

    @property
    def settles(self) -> bool:
        """Whether something was done, or may have been: who repeats the call gets this answer."""
        return self.sent and not self.refused

    def without_body(self) -> Reply:
        """Return the same without what the service wrote."""
        return replace(self, body=b"", headers={**self.headers, "X-Callsheet-Body": "not kept"})


def refusal(
    status: int,
    code: str,
    outcome: str,
    message: str,
    *,
    findings: Sequence[str] = (),
    again_after: float = 0,
) -> Reply:
    """Return an answer of the relay itself, in words that contain nothing of the caller's."""
    error = {"code": code, "outcome": outcome, "message": message, "findings": list(findings)}
    headers = {"Retry-After": str(max(1, round(again_after)))} if again_after else {}
    return Reply(
        status=status,
        body=json.dumps({"error": error}, ensure_ascii=False).encode(),
        outcome=outcome,
        code=code,
        headers=headers,
    )


def reply_of(answer: Answer) -> Reply:
    """Return what a call came to: the service's own answer, or why there is none."""
    if answer.outcome == "timedout":
        message = f"the service did not answer in time: {known_of(left=answer.left)}"
        return _of_the_relay(504, "CS888", "timedout", message, answer)
    if answer.outcome == "capped" and answer.status is None:
        message = f"{answer.reason}: {known_of(left=answer.left)}"
        return _of_the_relay(429, "CS887", "capped", message, answer, again_after=1)
    if answer.status is None or answer.outcome == "internalError":
        outcome = "broken" if answer.left else "unreachable"
        message = f"the service gave no whole answer ({answer.reason}): {known_of(left=answer.left)}"
        if answer.reason == TOO_LONG:
            message = f"{TOO_LONG}: {known_of(left=True)}"
        return _of_the_relay(502, "CS888", outcome, message, answer)
    if 300 <= answer.status < 400 and answer.status != 304:
        message = f"the service answered {answer.status}: a redirect is not followed"
        return _of_the_relay(502, "CS888", "redirected", message, answer)
    if not 200 <= answer.status < 600 or answer.status == 304:
        message = f"the service answered {answer.status}, which is no answer to a call"
        return _of_the_relay(502, "CS888", "broken", message, answer)
    if answer.outcome == "failed":
        # A journey branches on the status, and reads the body of a failure apart.
        return replace(_passed_on(answer, 502), outcome="failed")
    return _passed_on(answer, answer.status)


def _of_the_relay(
    status: int, code: str, outcome: str, message: str, answer: Answer, *, again_after: float = 0
) -> Reply:
    reply = refusal(status, code, outcome, message, again_after=again_after)
    return replace(reply, sent=answer.left, attempts=answer.attempts)


def known_of(*, left: bool) -> str:
    """Return what is known where no answer came."""
    return "whether the service did what was asked is not known" if left else "nothing was sent"


def _passed_on(answer: Answer, status: int) -> Reply:
    kind = answer.content_type if _TYPE.fullmatch(answer.content_type) else "application/octet-stream"
    headers = {"X-Content-Type-Options": "nosniff"}
    if answer.again_after:
        headers["Retry-After"] = str(max(1, round(min(answer.again_after, 86_400))))
    body = b"" if status in (204, 205) else answer.content
    return Reply(
        status=status,
        body=body,
        outcome="vendor",
        content_type=kind,
        headers=headers,
        sent=True,
        attempts=answer.attempts,
        refused=answer.refused,
    )


def reply_of_error(error: CallsheetError) -> Reply:
    """Return why no call was made: the parameters, the token endpoint, or the relay's own secrets."""
    return replace(_reply_of_error(error), sent=isinstance(error, AfterSendingError))


def _reply_of_error(error: CallsheetError) -> Reply:
    if error.code == "CS926":
        findings = [_plain(one) for one in error.details]
        return refusal(422, error.code, "refused", error.message, findings=findings)
    if error.code == "CS963":
        return refusal(502, error.code, "no-token", "the service's token endpoint returned no token")
    reply = refusal(500, error.code, "misconfigured", f"the relay cannot make this call: {error.code}")
    # A URL may contain anything.
    return reply if "://" in error.message else replace(reply, why=error.message)


def _plain(finding: str) -> str:
    """Return a finding without a name that the caller made up: it may be anything."""
    found = _UNDECLARED.match(finding)
    if found is None or _NAME.fullmatch(found[1]):
        return finding
    return "a parameter is not declared"
