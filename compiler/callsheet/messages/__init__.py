"""A compiled message × parameters → its texts, an email, or the call of the action that delivers it."""

from callsheet.messages.texts import Texts, fill_message, languages_of

__all__ = ["Texts", "fill_message", "languages_of"]
