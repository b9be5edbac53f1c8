"""What is written on the screen of Journey Optimizer, or of Journey Orchestration, in its language.

Sources: the reference on deployment, section 1.2, which read Adobe's pages "Configure a custom action" and
"URL configuration" and their French translations. What the French pages do not show is in plain French
here, and a pack says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from callsheet.targets.journey_optimizer.forms import CHANNEL
from callsheet.targets.journey_optimizer.phrases import say

_FRENCH = {
    "Action": "Action",
    "Name": "Nom",
    "Description": "Description",
    "Endpoint Configuration": "Configuration du point d'entrée",
    "URL configuration": "Configuration d'URL",
    "URL": "URL",
    "Path": "Chemin",
    "Method": "Méthode",
    "Headers": "En-têtes",
    "Query parameters": "Paramètres de requête",
    "Authentication": "Authentification",
    "Type": "Type",
    "No authentication": "Aucune authentification",
    "Basic": "Simple",
    "API key": "Clé API",
    "Custom": "Personnalisé",
    "Username": "Nom d'utilisateur",
    "Password": "Mot de passe",
    "Value": "Valeur",
    "Location": "Emplacement",
    "Header": "Header",
    "Query parameter": "Paramètre de requête",
    "Request": "Requête",
    "Message parameters": "Paramètres de message",
    "Payload": "Payload",
    "Allow NULL values": "Autoriser les valeurs nulles",
    "Response": "Réponse",
    "Failure response": "Réponse d'erreur",
    "Error Response": "Réponse d'erreur",
    "Define a failure response payload": "Définir un payload de réponse d'erreur",
    "Channel": "Canal",
    "None": "Aucun",
    "Email": "E-mail",
    "SMS": "SMS",
    "Push notification": "Notification push",
    "Other": "Autre",
    "Required marketing action": "Action marketing requise",
    "Send test request": "Envoyer une requête de test",
    "In each journey": "Dans chaque parcours",
    "Expected answer": "Réponse attendue",
    "Evidence": "Preuve",
    "Note": "À savoir",
    "Properties": "Propriétés",
    "Endpoint configuration": "Configuration du point d'entrée",
    "Policy configuration": "Configuration de la politique",
    "Enable throttling": "Activer le ralentissement",
    "Enable retry": "Activer la reprise",
    "Timeout": "Délai d'expiration",
    "Authentication settings": "Paramètres d'authentification",
    "Authentication type": "Type d'authentification",
    "Basic auth": "Authentification de base",
    "OAuth 2.0": "OAuth 2.0",
    "Payload configuration": "Configuration de la payload",
    "Paste sample JSON payload": "Coller un exemple de payload JSON",
    "Test connection": "Tester la connexion",
    "Channel configuration": "Configuration du canal",
    "API credentials": "Informations d'identification de l'API",
    "Dynamic parameters": "Paramètres dynamiques",
    "In each message": "Dans chaque message",
    "Edit code": "Modifier le code",
    "on": "activé",
    "off": "désactivé",
}
_UNSEEN = frozenset({"Username", "Password", "Error Response", "Define a failure response payload"})
"""Labels that the French pages do not show."""

_PLACES = {
    "en": "Administration > Configurations > Actions > Manage",
    "fr": "Administration > Configurations > Actions > Gérer",
}
_CHANNEL_PLACES = {
    "en": "Administration > Channels > Channel builder > Custom channels",
    "fr": "Administration > Canaux > Créateur de canaux > Canaux personnalisés",
}
_OLDER = {"Request": "Message parameters", "Endpoint Configuration": "URL configuration"}
OLDER = "journey-orchestration"


class Screen(Struct, frozen=True):
    """Which screen a pack leads through.

    Attributes:
        language: en or fr; labels and descriptions of an action are in it too.
        flavor: journey-optimizer; journey-orchestration, the older product; or custom-channel.

    """

    language: str = "en"
    flavor: str = "journey-optimizer"

    @property
    def older(self) -> bool:
        """Whether it is the older product's, which knows no responses."""
        return self.flavor == OLDER

    @property
    def channel(self) -> bool:
        """Whether it is that of custom channels."""
        return self.flavor == CHANNEL

    @property
    def product(self) -> str:
        """The name of the product."""
        return "Journey Orchestration" if self.older else "Journey Optimizer"

    @property
    def place(self) -> str:
        """Where the screen is found."""
        return (_CHANNEL_PLACES if self.channel else _PLACES)[self.language]

    @property
    def unseen(self) -> frozenset[str]:
        """The titles of which Adobe's French pages do not show the French one."""
        return _UNSEEN

    def say(self, key: str, **facts: object) -> str:
        """Return a sentence of the pack."""
        return say(self.language, key, **facts)

    def reason(self, english: str) -> str:
        """Return the reason of a verdict, or a warning."""
        if self.language != "fr":
            return english
        from callsheet.targets.journey_optimizer.french import in_french

        return in_french(english)

    def listed(self, *sentences: str) -> str:
        """Return sentences in one line."""
        return (" ; " if self.language == "fr" else "; ").join(one for one in sentences if one)

    def title(self, name: str) -> str:
        """Return what is there for an English title of Journey Optimizer."""
        name = _OLDER.get(name, name) if self.older else name
        return _FRENCH.get(name, name) if self.language == "fr" else name


def screen_for(target: Mapping[str, Any] | None) -> Screen:
    """Return the screen that a target's options name."""
    options = target or {}
    return Screen(options.get("language", "en"), options.get("flavor", "journey-optimizer"))
