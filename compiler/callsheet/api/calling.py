"""A workspace → its requests, messages, and the services that it calls, played here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from callsheet.api.base import Base, InvalidWorkspaceError, refuse_errors_of, refuse_invalid
from callsheet.documents import FolderSource
from callsheet.errors import CallsheetError
from callsheet.language.schema_check import nearest

if TYPE_CHECKING:
    from callsheet.calling.cases import CaseResult
    from callsheet.calling.generated import Refuse
    from callsheet.contracts.operations import Operation
    from callsheet.emulator.routes import Route
    from callsheet.language import Action
    from callsheet.results import PreviewResult


class Calling(Base):
    """What actions and messages send."""

    def test(
        self,
        names: Collection[str] = (),
        environment: str | None = None,
        *,
        generated: bool = True,
        words: str = "",
    ) -> list[CaseResult]:
        """Run the test cases of actions, in every environment that deploys them; nothing is sent.

        Args:
            names: of actions; all of them, where it is empty.
            environment: only this one.
            generated: run the cases that follow from the parameters, beside the declared ones.
            words: only cases whose action and name hold these words.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS925 for an action that is not there.

        """
        from callsheet.calling.running import run_cases

        compiled = self.compile()
        if not names and environment is None:
            refuse_invalid(compiled)
        for name in names:
            if name not in compiled.actions:
                if compiled.errors:
                    raise InvalidWorkspaceError(compiled)  # it may be the one that could not be read
                raise CallsheetError(
                    "CS925",
                    f"there is no action `{name}`{nearest(name, compiled.actions)}",
                    help="`callsheet list` shows the actions",
                )
        wanted = names or list(compiled.actions)
        for where in [environment] if environment else [one.name for one in compiled.concrete]:
            refuse_errors_of(compiled, wanted, where)
        return run_cases(
            compiled, names, environment, generated=generated, words=words, refuse=self._refuser
        )

    def message(self, name: str, environment: str) -> dict[str, Any]:
        """Return a compiled message of an environment.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS925 where there is no such message.

        """
        compiled = self._compiled_of(environment)
        found = compiled.get(f"Message/{name}")
        if found is None:
            known = [one.name for address, one in compiled.items() if address.startswith("Message/")]
            raise CallsheetError(
                "CS925",
                f"there is no message `{name}` in {environment}{nearest(name, known)}",
                help=f"the messages are: {', '.join(known) or 'none'}",
            )
        return found.content

    def preview(
        self, name: str, environment: str, params: Mapping[str, Any], languages: Collection[str] = ()
    ) -> PreviewResult:
        """Fill a message in each of its languages; what is not given is the example of its parameter.

        Raises:
            CallsheetError: CS925 for the message or a language, CS926 for the parameters.

        """
        from callsheet.calling.generated import standard_values
        from callsheet.language import in_language
        from callsheet.messages import fill_message, languages_of
        from callsheet.messages.hints import hints_of
        from callsheet.planning.personal_data import receiver_of
        from callsheet.results import PreviewResult

        content = self.message(name, environment)
        known = languages_of(content)
        for one in languages:
            if one not in known:
                raise CallsheetError(
                    "CS925",
                    f"the message `{name}` is not written in `{one}`{nearest(one, known)}",
                    help=f"its languages are: {', '.join(known)}",
                )
        values = {**(standard_values(content.get("parameters", {})) or {}), **params}
        texts = [fill_message(content, values, one) for one in known if not languages or one in languages]
        return PreviewResult(
            environment=environment,
            name=name,
            title=in_language(content.get("title"), "en"),
            channel=content["channel"],
            receiver=receiver_of(content),
            texts=texts,
            hints={one.language: hints_of(content["channel"], one) for one in texts},
        )

    def operation(self, name: str) -> Operation | None:
        """Return what the contract of an action says of its call; None without a contract."""
        from callsheet.contracts import operation_of

        return operation_of(self.compile().actions[name], FolderSource(self.root))

    def routes(self, environment: str | None = None) -> list[Route]:
        """Return what an emulator of the workspace answers to: every action, in all environments or in one.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS921 for the environment.

        """
        from callsheet.emulator.routes import routes_of

        compiled = self.compile()
        refuse_invalid(compiled)
        names = [self.environment(environment).name] if environment else list(compiled.by_environment)
        operations = {name: self.operation(name) for name in compiled.actions}
        return [
            route
            for name in names
            for one in compiled.by_environment.get(name, {}).values()
            if one.name in compiled.actions
            for route in routes_of(one.content, name, operations[one.name])
        ]

    def _refuser(self, action: Action) -> Refuse:
        """Return what tells what an action's contract would refuse of a payload."""
        operation = self.operation(action.name)
        if operation is None or action.contract is None:
            return lambda payload: None  # noqa: ARG005
        from callsheet.contracts.bodies import body_fault

        ignored = [one["path"] for one in action.contract.get("ignore") or ()]
        return lambda payload: body_fault(operation, payload, ignored)
