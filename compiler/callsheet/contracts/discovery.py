"""A Google discovery document × the id of a method → what a request of it must be, as plain data."""

from __future__ import annotations

from callsheet.contracts.descriptions import Description
from callsheet.contracts.operations import Operation, misshapen
from callsheet.contracts.schemas import Translator
from callsheet.contracts.sources import ContractFault
from callsheet.errors import of_its_shape
from callsheet.words import nearest


def find_method(described: Description, name: str) -> Operation:
    """Return a method of a Google discovery document by its `id`.

    Raises:
        ContractFault: CS450 for what is not a discovery document, CS451 where there is no such method.

    """
    description = described.value
    if description.get("kind") != "discovery#restDescription":
        raise ContractFault(
            "CS450", "the contract is not a Google discovery document", "see its `kind` field"
        )
    with of_its_shape(misshapen("a discovery document")):
        return _method(described, name)


def _method(described: Description, name: str) -> Operation:
    description = described.value
    if name not in described.methods:
        known = [*map(str, described.methods)]
        raise ContractFault(
            "CS451",
            f"there is no method `{name[:80]}` in the contract{nearest(name, known)}",
            "name one by its id",
        )
    at, method = described.methods[name]
    translator = Translator(description, discovery=True)
    base = str(description.get("rootUrl", "")) + str(description.get("servicePath", ""))
    operation = Operation(at, str(method.get("httpMethod")), [base + str(method.get("path"))])
    if isinstance(method.get("request"), dict):
        operation.body = translator.whole(method["request"], f"{at}/request")
    if isinstance(method.get("response"), dict):
        found = translator.translated(method["response"], f"{at}/response")
        operation.answers["success"] = {**found, "$defs": translator.definitions}
    if method.get("scopes"):
        operation.security = [[{"type": "oauth2"}]]
    operation.odd = translator.odd
    return operation
