"""The words of the catalog's pages, by language; what a workspace says itself is not among them."""

from __future__ import annotations

from callsheet.errors import ArgumentError
from callsheet.reporting.catalog.technical_words import TECHNICAL
from callsheet.reporting.catalog.wording import said_in

_WORDS: dict[str, tuple[str, str]] = {
    **TECHNICAL,
    "palette": ("Palette", "Palette"),
    "list": ("List", "Liste"),
    "colon": (":", " :"),
    "flows": ("Data flow", "Flux de données"),
    "overview": ("Overview", "Vue d'ensemble"),
    "new_action": ("New action", "Nouvelle action"),
    "pages": ("Pages", "Pages"),
    "other": ("Français", "English"),
    "skip": ("To the content", "Aller au contenu"),
    "search": ("Search", "Rechercher"),
    "search_hint": ("name, title, host, owner …", "nom, titre, hôte, équipe…"),
    "found": ("% found", "résultats : %"),
    "near": ("nothing has these letters; near: %", "rien n'a ces lettres ; résultats proches : %"),
    "nothing": ("Nothing fits.", "Rien ne correspond."),
    "first_shown": (", the first % are shown", ", les % premiers sont affichés"),
    "show_all": ("Show all %", "Afficher les %"),
    "empty": (
        "This workspace defines nothing yet. `callsheet new` writes a first action.",
        "Cet espace ne définit encore rien. `callsheet new` écrit une première action.",
    ),
    "name": ("Name", "Nom"),
    "kind": ("Kind", "Type"),
    "title": ("Title", "Titre"),
    "description": ("Description", "Description"),
    "environments": ("Environments", "Environnements"),
    "vendor": ("Vendor", "Fournisseur"),
    "channel": ("Channel", "Canal"),
    "category": ("Category", "Catégorie"),
    "labels": ("Labels", "Étiquettes"),
    "sensitivity": ("Personal data", "Données personnelles"),
    "state": ("State", "État"),
    "hosts": ("Hosts", "Hôtes"),
    "last": ("Last applied", "Dernier déploiement"),
    "by": ("by", "par"),
    "from": ("from", "depuis"),
    "limits": ("Limits", "Limites"),
    "contract": ("Contract", "Contrat"),
    "failed": ("failed", "en échec"),
    "not_run": ("not run", "non exécutés"),
    "not_run_one": ("not run", "non exécuté"),
    "passed": ("passed", "réussis"),
    "passed_one": ("passed", "réussi"),
    "policies": ("Policies", "Règles"),
    "except": ("except until", "exception jusqu'au"),
    "preview": ("As its receiver sees it", "Tel que le destinataire le voit"),
    "whole_preview": ("With what is to be known of it:", "Avec ce qu'il faut en savoir :"),
    "cases": ("Test cases", "Cas de test"),
    "findings": ("Findings", "Constats"),
    "none": ("none", "aucun"),
    "none_f": ("none", "aucune"),
    "action": ("Action", "Action"),
    "message": ("Message", "Message"),
    "endpoint configuration": ("Endpoint", "Point d'accès"),
    "deployed": ("deployed", "déployé"),
    "changed": ("to be applied", "à déployer"),
    "new": ("not deployed", "non déployé"),
    "drifted": ("drifted", "dérive"),
    "unmanaged": ("unmanaged", "non géré"),
    "broken": ("has errors", "en erreur"),
    "not asked": ("not asked", "non demandé"),
    "not known": ("not known", "inconnu"),
    "parameters": ("Parameters", "Paramètres"),
    "parameter": ("Parameter", "Paramètre"),
    "label": ("Label", "Libellé"),
    "type": ("Type", "Type"),
    "required": ("required", "obligatoire"),
    "optional": ("optional", "facultatif"),
    "example": ("Example", "Exemple"),
    "no_parameters": ("It has no parameter.", "Sans paramètre."),
    "request": ("Request", "Requête"),
    "not_given": ("not given", "sans valeur"),
    "empty_text": ("the empty text", "le texte vide"),
    "no_form": (
        "Its request is more than this page can compute. Ask the compiler:",
        "Sa requête dépasse ce que cette page sait calculer. Demandez au compilateur :",
    ),
    "compiled": ("Compiled form", "Forme compilée"),
    "differences": ("What differs by environment", "Ce qui diffère selon l'environnement"),
    "same": ("It is the same in all environments.", "Identique dans tous les environnements."),
    "field": ("Field", "Champ"),
    "value": ("Value", "Valeur"),
    "written": ("Written in", "Écrit dans"),
    "only_there": ("(what differs there)", "(ce qui y diffère)"),
    "origins": ("Where each field comes from", "D'où vient chaque champ"),
    "history": ("History", "Historique"),
    "no_history": ("Nothing is known of applies.", "Aucun déploiement connu."),
    "to_ask": ("Not all environments were asked:", "Certains environnements n'ont pas été interrogés :"),
    "step": ("Step", "Étape"),
    "at": ("At", "Le"),
    "commit": ("Commit", "Commit"),
    "screens": (
        "In Journey Optimizer: what to map and to paste",
        "Dans Journey Optimizer : à mapper et à coller",
    ),
    "journeys": ("Used in", "Parcours"),
    "answers": ("Answers", "Réponses"),
    "success": ("after success", "en cas de succès"),
    "failure": ("after failure", "en cas d'échec"),
    "actions": ("Actions", "Actions"),
    "no_flows": (
        "No personal data leaves that is marked as such.",
        "Aucune donnée personnelle marquée comme telle ne sort.",
    ),
    "flows_picture": (
        "Which personal data goes to which host",
        "Quelle donnée personnelle va vers quel hôte",
    ),
    "applies": ("Applies by week", "Déploiements par semaine"),
    "week": ("Week of", "Semaine du"),
    "number": ("Number", "Nombre"),
    "states": ("States", "États"),
    "unread": (
        "What could not be read, and what else is wrong",
        "Ce qui n'a pas pu être lu, et ce qui ne va pas d'autre",
    ),
    "open": ("Open steps", "Étapes ouvertes"),
    "expiring": ("Exceptions that expire", "Exceptions qui expirent"),
    "policy": ("Policy", "Règle"),
    "until": ("Until", "Jusqu'au"),
    "reason": ("Reason", "Raison"),
    "why": ("Why it is not known", "Pourquoi c'est inconnu"),
    "made": ("Made", "Établi le"),
    "sort": ("sort by", "trier par"),
    "download": ("Download", "Télécharger"),
    "all_hosts": ("all hosts", "tous les hôtes"),
    "all_columns": ("all columns", "toutes les colonnes"),
    "all_kinds": ("all kinds", "tous les types"),
}

LANGUAGES = ("en", "fr")
"""The languages in which the pages can be written, the first one first."""


_HEADS = {
    "impact": "Effet",
    "step": "Étape",
    "action": "Action",
    "owner": "Équipe",
    "environments": "Environnements",
    "environment": "Environnement",
    "host": "Hôte",
    "personal data": "Données personnelles",
    "parameter": "Paramètre",
    "policy": "Règle",
    "address": "Objet",
    "what": "Quoi",
    "cosmetic": "sans effet",
    "compatible": "compatible",
    "breaking": "incompatible",
    "sensitive": "sensible",
    "create": "création",
    "update": "modification",
    "replace": "remplacement",
    "rename": "renommage",
    "delete": "suppression",
    "forget": "abandon",
    "adopt": "reprise",
}
"""What reports call their columns, impacts and steps, in French; their sentences stay the compiler's."""


def heads_in(language: str) -> dict[str, str]:
    """Return what columns, impacts and steps of a report are called; empty where it is as in the report."""
    return _HEADS if language == "fr" else {}


def words_in(language: str) -> dict[str, str]:
    """Return the words in a language, by key; raises ArgumentError for one that the pages do not have."""
    if language not in LANGUAGES:
        raise ArgumentError(f"the catalog has no {language!r}: its languages are {', '.join(LANGUAGES)}")
    return said_in(_WORDS, language)
