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
    "checked": ("checked", "vérifié"),
    "skipped": ("skipped: not installed here", "non vérifié : pas installé ici"),
    "not checked": ("not checked: it has errors", "non vérifié : elle a des erreurs"),
    "outcome": ("Outcome", "Résultat"),
    "why_not": ("Why not", "Pourquoi"),
    "by hand": ("by hand, and open", "à la main, en attente"),
    "interrupted": ("apply interrupted", "déploiement interrompu"),
    "gone": ("no longer defined", "plus défini"),
    "create": ("created", "créé"),
    "update": ("updated", "modifié"),
    "replace": ("replaced", "remplacé"),
    "rename": ("renamed", "renommé"),
    "delete": ("deleted", "supprimé"),
    "adopt": ("adopted", "repris"),
    "forget": ("let go", "libéré"),
    "dirty": ("and files that differed from it", "et des fichiers qui en différaient"),
    "approved_by": ("approved by", "approuvé par"),
    "accepted": ("accepted:", "accepté :"),
    "not_kept": (
        "What it changed is no longer kept: only the last states are.",
        "Ce que cela a changé n'est plus conservé : seuls les derniers états le sont.",
    ),
    "no_difference": ("No field that is shown differs.", "Aucun champ visible ne diffère."),
    "fields_changed": ("fields changed: {}", "champs modifiés : {}"),
    "more_fields": ("and {} more", "et {} de plus"),
    "older_applies": ("older applies: {}, all of them by", "déploiements plus anciens : {}, tous par"),
    "commits": ("Commits of its file", "Commits de son fichier"),
    "subject": ("Message of the commit", "Message du commit"),
    "applied_in": ("Applied in", "Déployé dans"),
    "all_commits": ("All of them, with what they changed:", "Tous, avec ce qu'ils ont changé :"),
    "no_commits": ("No commit of its file is known.", "Aucun commit de son fichier n'est connu."),
    "no_changes": ("is as the files say", "est conforme aux fichiers"),
    "changes_of": ("changes:", "changements :"),
    "most_shown": ("the {} gravest are shown, all of them by", "les {} plus graves sont là, et tous par"),
    "cosmetic": ("cosmetic", "sans effet"),
    "compatible": ("compatible", "compatible"),
    "breaking": ("breaking", "incompatible"),
    "sensitive": ("sensitive", "sensible"),
}
"""By key, in English and in French."""
