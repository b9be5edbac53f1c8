"""A finding about a template, on its way to a diagnostic: it knows its offset, and not yet its file."""

from __future__ import annotations


class TemplateFault(Exception):  # noqa: N818 - a finding, and no failure
    """What is wrong with a template: code, offset in the text, words, and a name that may be meant."""

    def __init__(
        self, code: str, offset: int, message: str, help: str, *, suggested: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.message = message
        self.help = help
        self.suggested = suggested

    def moved(self, base: int) -> TemplateFault:
        """Return the same finding, `base` characters further on."""
        return TemplateFault(
            self.code, self.offset + base, self.message, self.help, suggested=self.suggested
        )
