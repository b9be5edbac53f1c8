"""What stands on the screen of Journey Optimizer, or of the older Journey Orchestration, in its language.

Sources: Adobe's pages "Configure a custom action" and "URL configuration", and their French translations.
Choices inside the fields (as `API key`) are not shown by the French pages; they are in plain French here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_FRENCH = {
    "Action": "Action",
    "Name": "Nom",
    "Description": "Description",
    "URL configuration": "Configuration d'URL",
    "URL": "URL",
    "Method": "Méthode",
    "Headers": "En-têtes",
    "Query parameters": "Paramètres de requête",
    "Authentication": "Authentification",
    "Type": "Type",
    "No authentication": "Aucune authentification",
    "Basic": "De base",
    "API key": "Clé API",
    "Custom": "Personnalisée",
    "Username": "Nom d'utilisateur",
    "Password": "Mot de passe",
    "Value": "Valeur",
    "Location": "Emplacement",
    "Header": "En-tête",
    "Query parameter": "Paramètre de requête",
    "Request": "Requête",
    "Message parameters": "Paramètres de message",
    "Payload": "Payload",
    "Allow NULL values": "Autoriser les valeurs NULL",
    "Response": "Réponse",
    "Failure response": "Réponse d'échec",
}
_PLACES = {
    "en": "Administration, Configurations, Actions",
    "fr": "Administration, Configurations, section Actions, Gérer",
}
_OLDER = {"Request": "Message parameters"}
OLDER = "journey-orchestration"


@dataclass(frozen=True, slots=True)
class Screen:
    """Which screen a pack leads through.

    Attributes:
        language: en or fr; labels and descriptions of an action are in it too.
        flavor: journey-optimizer, or journey-orchestration, the older product.

    """

    language: str = "en"
    flavor: str = "journey-optimizer"

    @property
    def older(self) -> bool:
        """Whether it is the older product's, which knows no responses."""
        return self.flavor == OLDER

    @property
    def product(self) -> str:
        """The name of the product."""
        return "Journey Orchestration" if self.older else "Journey Optimizer"

    @property
    def place(self) -> str:
        """Where the screen is found."""
        return _PLACES[self.language]

    def title(self, name: str) -> str:
        """Return what is there for an English title of Journey Optimizer."""
        name = _OLDER.get(name, name) if self.older else name
        return _FRENCH.get(name, name) if self.language == "fr" else name


def screen_for(target: Mapping[str, Any] | None) -> Screen:
    """Return the screen that a target's options name."""
    options = target or {}
    return Screen(options.get("language", "en"), options.get("flavor", "journey-optimizer"))
