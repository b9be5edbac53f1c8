"""The payload of a request → that of an action, and what its test case expects."""

from __future__ import annotations

from typing import Any

from callsheet.importing.action_parts import Parts
from callsheet.importing.body_tokens import is_token
from callsheet.importing.credentials import is_hidden, is_hidden_number, secrets_in
from callsheet.importing.guesses import guess
from callsheet.importing.marks import SLOT, VALUE, filled_payload
from callsheet.importing.model import Credential, Known, Slot
from callsheet.importing.shell_marks import as_written
from callsheet.language.credential_names import is_secret_key, judged_path, last_key


class Payloads(Parts):
    """The part of it that is sent as JSON."""

    def _payload(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._payload(one, judged_path((*path, key), value)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._payload(one, (*path, index)) for index, one in enumerate(value)]
        if is_token(path) and self.body_token is not None:
            return self._token_of_body(self.body_token)
        if isinstance(value, Credential):
            return self._secret(last_key(path, "value"), value.text)
        if isinstance(value, Slot):
            return f"{{{{ params.{self._read(value)} }}}}"
        if self._is_hidden(value, path):
            return self._reference(value, path)
        if not isinstance(value, str):
            return value
        value = as_written(value)
        guessed = None if SLOT.search(value) or VALUE.search(value) else guess(value, path)
        if guessed is None:
            return self._template(value)
        return f"{{{{ params.{self.parameters.of_value(path, value, guessed)} }}}}"

    def _is_hidden(self, value: Any, path: tuple[Any, ...]) -> bool:
        if isinstance(value, Known):
            return False
        return is_hidden(value, path) if isinstance(value, str) else is_hidden_number(value, path)

    def _reference(self, value: Any, path: tuple[Any, ...]) -> dict[str, str]:
        key = last_key(path, "value")
        if not isinstance(value, str):
            self.notes.append(f"`{key}` was a number: its secret is sent as a string")
        else:
            self._say_what_it_contains(key, value, path)
        return self._secret(key, str(value))

    def _say_what_it_contains(self, key: str, value: str, path: tuple[Any, ...]) -> None:
        name = next((name for name, _ in secrets_in(value)), "")
        if name and not is_secret_key(path, value):
            self.notes.append(f"`{key}` contains the credential `{name}`: the whole text became a secret")

    def _token_of_body(self, held: str) -> dict[str, str]:
        reference = self.secrets.to("token", held)
        self.notes.append(
            f"`token` of the body became the secret {reference['secret'].removeprefix('env:')}:"
            " nothing else authenticates the request; where it is the token of a device,"
            " import with --param device=/token"
        )
        return reference

    def _expected(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._expected(one, judged_path((*path, key), value)) for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._expected(one, (*path, index)) for index, one in enumerate(value)]
        if is_token(path) and self.body_token is not None:
            return self._token_of_body(self.body_token)
        if isinstance(value, Credential):
            return self._secret(last_key(path, "value"), value.text)
        if isinstance(value, Slot):
            return value.example
        if self._is_hidden(value, path):
            return self._reference(value, path)
        if not isinstance(value, str):
            return value
        found = filled_payload(as_written(value), self.imported.values)
        return self._shown(found) if isinstance(found, str) else found
