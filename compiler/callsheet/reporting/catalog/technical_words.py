"""The words of what the catalog says of changes, states and history, by language."""

from __future__ import annotations

from callsheet.reporting.filters import FILTER_WORDS

TECHNICAL: dict[str, tuple[str, str]] = {
    **FILTER_WORDS,
    "changes": ("Changes", "Changements"),
    "review": ("Review", "Revue"),
    "no_plan": (
        "has no plan: the workspace has errors",
        "n'a pas de plan : l'espace contient des erreurs",
    ),
    "no_review": (
        "cannot be compared: the workspace has errors",
        "ne peut être comparée : l'espace contient des erreurs",
    ),
    "no_changes": ("is as the files say", "est conforme aux fichiers"),
    "changes_of": ("changes:", "changements :"),
    "most_shown": ("the {} gravest are shown, all of them by", "les {} plus graves sont là, et tous par"),
    "cosmetic": ("cosmetic", "sans effet"),
    "compatible": ("compatible", "compatible"),
    "breaking": ("breaking", "incompatible"),
    "sensitive": ("sensitive", "sensible"),
}
"""By key, in English and in French."""
