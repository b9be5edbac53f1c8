"""The reasons of verdicts and the warnings of authentication, in French: a pack has one language only.

Lowering words its reasons in English, where they arise. Here each has its French form, by the whole
sentence, or by a pattern where it names a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from callsheet.targets.journey_optimizer.channel import expressions as channel_values
from callsheet.targets.journey_optimizer.channel import form as channel
from callsheet.targets.journey_optimizer.lowering import (
    authentication,
    conversions,
    date_filters,
    form,
    list_filters,
    number_filters,
    operators,
    payloads,
    responses,
    text_filters,
    urls,
    values,
)

SENTENCES: dict[str, str] = {
    authentication.COPIED: (
        "dans une copie de l'action vers un autre sandbox, il devient INSERT SECRET HERE, et se"
        " saisit à nouveau"
    ),
    authentication.LIFE: (
        f"la durée de vie du jeton est supposée de {authentication.ASSUMED_LIFE_MINUTES} minutes : si"
        " celle du"
        " fournisseur est autre, mettez `duration` à une minute de moins"
    ),
    authentication.BOTH_LIVES: (
        "le jeton est gardé selon `duration` seule : l'écran n'accepte pas `expiryInResponse` à côté"
    ),
    channel_values.HTML: (
        "les caractères HTML de la valeur (`&`, `<`, `>`, guillemets) arrivent en entités, et une barre"
        " oblique inverse ou un saut de ligne y casse le payload ou le change"
    ),
    channel_values.PRINTED: (
        "il n'est pas documenté si les caractères HTML de la valeur arrivent en entités, et une barre"
        " oblique inverse ou un saut de ligne y casse le payload ou le change"
    ),
    channel_values.NUMBER: "l'écriture d'un nombre décimal n'est pas documentée",
    channel_values.MOMENT: "l'écriture d'une date avec heure n'est pas documentée",
    channel_values.TITLE: "il n'est pas documenté si les autres lettres deviennent minuscules",
    channel_values.ENCODED: "les caractères qu'elle encode ne sont pas documentés",
    channel.OAUTH: (
        "la forme du payload d'OAuth 2.0 sur cet écran n'est pas documentée : voici ses valeurs"
    ),
    channel.CONFIGURED: (
        "la configuration du canal le remplit : il n'est pas documenté si les données du parcours y sont"
    ),
    authentication.PRESS: "vérifiez l'authentification par le bouton de l'écran avant d'enregistrer",
    authentication.AS_API_KEY: (
        "l'écran n'a pas de type pour un jeton porteur : c'est une clé API dans l'en-tête Authorization"
    ),
    authentication.NAME_NOT_VERIFIED: "qu'une clé API puisse se nommer Authorization n'est pas vérifié",
    authentication.NESTED_PATH: "un chemin de plusieurs noms vers le jeton n'est pas documenté",
    conversions.WHOLE_DECIMAL: (
        "un nombre sans décimales s'écrit comme le parcours écrit les décimaux, peut-être 1.0 pour 1"
    ),
    conversions.UTC_MOMENT: (
        "une date avec heure s'écrit en UTC, avec secondes et millisecondes seulement si elles ne"
        " sont pas nulles"
    ),
    date_filters.IN_UTC: "la date et l'heure sont celles d'UTC, et non celles du décalage de la valeur",
    date_filters.SINCE_1970: "les moments à partir de 1970",
    date_filters.WITH_TIME: "une chaîne qui est une date sans heure peut ne pas être lue",
    form.TWO_SECRETS: (
        "un secret à côté de l'authentification : c'est une constante à l'écran, où l'on peut la lire"
    ),
    form.TWO_IN_QUERY: (
        "un second secret dans la requête : l'écran n'en tient qu'un, et montre les paramètres de"
        " requête à quiconque l'ouvre"
    ),
    list_filters.ORDER_OF_STRINGS: "les chaînes peuvent être triées autrement : ce n'est pas documenté",
    list_filters.ORDER_OF_DISTINCT: "l'ordre des éléments n'est pas documenté",
    number_filters.HALF_UP: "un demi s'arrondit vers le haut (2.5 donne 3), et non vers le voisin pair",
    number_filters.WRITTEN_NUMBER: (
        "un nombre avec des espaces, un signe + ou un exposant peut ne pas être lu"
    ),
    number_filters.UNESCAPED: (
        "les guillemets, barres obliques inverses et caractères de contrôle des éléments ne sont pas"
        " échappés"
    ),
    number_filters.TRUTH_NUMBER: "true vaut 1 et false vaut 0, ce qui n'est pas documenté",
    operators.SIGN_OF_REST: "le reste d'une division par un nombre négatif a un autre signe",
    payloads.COLLECTION: (
        "le parcours mappe la liste comme une seule collection, avec un objet pour chacun de ses éléments"
    ),
    payloads.NULL_IN_LIST: "un null dans une liste n'est pas envoyé",
    responses.SEEN_AS_SUCCESS: (
        "un parcours y voit un succès : qu'il se ramifie sur le champ, ou appelle le relais"
    ),
    f"{responses.NOT_READABLE}: {responses.NO_OBJECT}": (
        "le parcours ne peut pas lire cet exemple, et il est laissé hors de l'écran : sa racine"
        " n'est pas un objet"
    ),
    f"{responses.NOT_READABLE}: {responses.MIXED}": (
        "le parcours ne peut pas lire cet exemple, et il est laissé hors de l'écran : une de ses"
        " listes contient"
        " des valeurs de plusieurs types"
    ),
    text_filters.ASCII: (
        "les lettres sans accents : la langue des majuscules et minuscules n'est pas indiquée"
    ),
    text_filters.PLANE: "les caractères du plan multilingue de base : un emoji peut compter pour deux",
    text_filters.BLANKS: "les blancs d'ASCII : espaces, tabulations et sauts de ligne",
    text_filters.FIRST_WORD: "seul le premier mot commence par une majuscule",
    text_filters.TRAILING_PARTS: (
        "les parties vides à la fin peuvent être omises, ce qui n'est pas documenté"
    ),
    urls.HIDDEN_URL: "l'URL est un secret, et l'écran montre les URL à quiconque l'ouvre",
    urls.RESERVED: (
        "que le parcours y encode `/`, `?`, `#`, les espaces et les lettres accentuées n'est pas documenté"
    ),
    values.OF_UNKNOWN_TYPE: ("le champ est pris pour une chaîne : un autre type peut s'écrire autrement"),
}

ELSEWHERE = "voir `callsheet journey`"
"""Stands for a sentence that has no French form: a test goes through all that there are."""

_Write = Callable[[re.Match[str]], str]
_PATTERNS: tuple[tuple[re.Pattern[str], _Write], ...] = (
    (
        re.compile(r"where (.+) has no value, the field is sent with an empty string"),
        lambda found: (
            f"si {found[1].replace(' or ', ' ou ')} n'a pas de valeur, le champ est envoyé avec une"
            " chaîne vide"
        ),
    ),
    (
        re.compile(r"where (.+) has no value, the field is sent as null and not left out"),
        lambda found: f"si {found[1]} n'a pas de valeur, le champ est envoyé à null et n'est pas omis",
    ),
    (
        re.compile(r"(`.+`) becomes a variable too: the fields of an object are mapped together"),
        lambda found: f"{found[1]} devient aussi une variable : les champs d'un objet sont mappés ensemble",
    ),
)


def in_french(reasons: str) -> str:
    """Return the French form of a reason, or of several that are joined by semicolons."""
    return " ; ".join(_sentence(one) for one in reasons.split("; ") if one)


def _sentence(english: str) -> str:
    for pattern, write in _PATTERNS:
        found = pattern.fullmatch(english)
        if found is not None:
            return write(found)
    return SENTENCES.get(english, ELSEWHERE)
