"""A compiled action → a custom channel of Journey Optimizer: its screen, and the content of its messages.

Sources: the reference on deployment, section 8 (Adobe's pages on custom channels), and Adobe's pages on
personalization: "Personalization syntax", "Helpers", "String functions", "Object functions", "Operators",
"Iterate over contextual data". Pure: no file, clock or network. Nobody has tried it on a sandbox.
"""

from callsheet.targets.journey_optimizer.channel.form import channel_form

__all__ = ["channel_form"]
