"""Changes → the request of each changed action before and after: what a reviewer sees of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from callsheet.calling.model import Request
from callsheet.calling.samples import sample_request
from callsheet.compiling import Compiled
from callsheet.language.addresses import Address
from callsheet.language.masking import masked
from callsheet.planning.model import Change


class RequestPair(Struct, frozen=True, kw_only=True):
    """The request of one test case before and after a change; None where there is none.

    Attributes:
        case: the test case; empty where the examples of the parameters stand in for one.

    """

    case: str
    before: Request | None
    after: Request | None


def request_pairs(
    before: Compiled,
    after: Compiled,
    environments: Mapping[str, Sequence[Change]],
    other: str | None = None,
) -> dict[tuple[str, str], RequestPair]:
    """Return the request of each changed action's first test case, by environment and address.

    What was before is of another environment where one is named.
    """
    found = {}
    for environment, changes in environments.items():
        for change in changes:
            old = _sample(before, other or environment, change.address_before, change.before)
            new = _sample(after, environment, change.address, change.after)
            if old or new:
                case = (new or old or ("", None))[0]
                found[(environment, change.address)] = RequestPair(
                    case=case, before=old[1] if old else None, after=new[1] if new else None
                )
    return found


def _sample(
    compiled: Compiled, environment: str, address: str, content: Mapping[str, object] | None
) -> tuple[str, Request] | None:
    action = compiled.actions.get(Address.read(address).name)
    if action is None or content is None:
        return None
    # An older revision may contain a credential.
    return sample_request(action, masked(dict(content)), environment)
