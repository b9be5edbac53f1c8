"""An operation of an OpenAPI description → a request with what it requires, its contract linked.

A value is the description's own: its example, default, or first value; else one of its type. What stands
for a value in the path, and every text, number and flag of the body that is required, becomes a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from callsheet.contracts.operations import Operation, find_operation
from callsheet.contracts.sources import ContractFault, ContractFile
from callsheet.errors import of_its_shape
from callsheet.importing.answers import sampled_answers
from callsheet.importing.model import Imported, ImportFault, Slot, misshapen
from callsheet.importing.sampling import Sampler, plain_value
from callsheet.outbound.urls import with_query
from callsheet.words import nearest


def read_operation(file: ContractFile, name: str | None, fields: Collection[str] = ()) -> Imported:
    """Read one operation.

    Args:
        file: the description.
        name: its operationId, or `POST /path`.
        fields: of the body, beyond those that are required.

    Raises:
        ImportFault: where there is none, where it takes no JSON, or calls nothing.

    """
    try:
        operation = find_operation(file.description, name or "?")
    except ContractFault as fault:
        way_out = "choose one with --operation" if name is None else fault.help
        words = fault.message if name else "the description has many operations"
        raise ImportFault(words, way_out) from None
    with of_its_shape(misshapen("an OpenAPI description")):
        return _request(file, operation, name, fields)


def _request(
    file: ContractFile, operation: Operation, name: str | None, fields: Collection[str]
) -> Imported:
    if not operation.json_body or not operation.urls[0].startswith("http"):
        what = "takes no JSON body" if not operation.json_body else "names no server"
        raise ImportFault(f"the operation {what}", "choose another operation, or write the action by hand")
    result = Imported(method=operation.method, url=re.sub(r"\{\+?([^}]*)\}", _path_slot, operation.urls[0]))
    result.contract = {"openapi": file.reference, "operation": name}
    for name_in_url in re.findall(r"\{\+?([^}]*)\}", operation.urls[0]):
        result.slots[name_in_url] = Slot(name_in_url, {"type": "string"}, name_in_url)
    _parameters(result, operation)
    _security(result, operation)
    if operation.body is not None:
        sampler = Sampler(file.value, operation.body, fields)
        value = sampler.value(operation.body, (), 0)
        if unknown := [one for one in fields if one not in sampler.known]:
            near = nearest(unknown[0], sampler.known)
            raise ImportFault(f"the body has no field `{unknown[0]}`{near}", "choose others with --fields")
        result.payload, result.has_payload = value, True
        result.headers.append(("Content-Type", "application/json"))
    result.responses = sampled_answers(operation, file.value)
    return result


def _path_slot(match: re.Match[str]) -> str:
    return f"\ue002{match[1]}\ue003"


def _parameters(result: Imported, operation: Operation) -> None:
    for one in operation.parameters:
        usual = one["name"].lower() in ("authorization", "content-type", "accept")
        if not one["required"] or usual:
            continue
        value = plain_value(one["schema"], one["name"])
        if one["in"] == "query":
            result.url = with_query(result.url, f"{one['name']}={value}")
        else:
            result.headers.append((one["name"], str(value)))


def _security(result: Imported, operation: Operation) -> None:
    """Stand in for who calls: what it is becomes a reference to a secret, as any credential does."""
    for scheme in operation.security[0] if operation.security else ():
        kind = str(scheme.get("scheme") or scheme.get("type")).lower()
        if kind == "basic":
            result.user = ("user", "password")
        elif kind == "apikey" and scheme.get("in") == "header":
            result.headers.append((str(scheme.get("name")), "\ue000API_KEY\ue001"))
        elif kind in ("bearer", "oauth2", "openidconnect"):
            result.headers.append(("Authorization", "Bearer token"))
        else:
            result.notes.append(f"the operation requires {kind}: write `authentication` by hand")
