"""The sentences of a pack, in English and in French; the titles of the screen are in `titles`."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "fr"]

PHRASES: dict[str, tuple[str, str]] = {
    # -- the page
    "title": ("{product}, {environment}: {steps} by hand", "{product}, {environment} : {steps} à la main"),
    "one step": ("1 step", "1 étape"),
    "steps": ("{number} steps", "{number} étapes"),
    "head": (
        "Sandbox {sandbox}, commit {commit}. {place}.",
        "Sandbox {sandbox}, commit {commit}. {place}.",
    ),
    "no commit": ("none", "aucun"),
    "dirty": ("{commit} (dirty)", "{commit} (modifié)"),
    "confirm": ("When a step is done, say so:", "Quand une étape est faite, dites-le :"),
    "changes": ("What changes", "Ce qui change"),
    "nothing": ("nothing", "rien"),
    "copy": ("Copy", "Copier"),
    "copied": ("Copied", "Copié"),
    "select": ("Select it", "Sélectionnez"),
    "secret": ("the secret {name}", "le secret {name}"),
    # -- a step
    "create": ("Create {object}", "Créer {object}"),
    "update": ("Update {object}", "Modifier {object}"),
    "replace": ("Replace {object}", "Remplacer {object}"),
    "rename": ("Rename {object}", "Renommer {object}"),
    "delete": ("Delete {object}", "Supprimer {object}"),
    "adopt": ("Adopt {object}", "Reprendre {object}"),
    "forget": ("Forget {object}", "Oublier {object}"),
    "Action": ("the action {name}", "l'action {name}"),
    "Message": ("the message {name}", "le message {name}"),
    "EndpointConfig": ("the endpoint configuration {name}", "la configuration de point d'entrée {name}"),
    "check create": ("Nothing of this name is there.", "Rien de ce nom n'existe encore."),
    "check update": (
        "It exists, and was not changed since the last time.",
        "Elle existe, et n'a pas changé depuis la dernière fois.",
    ),
    "check replace": (
        "Journeys use the action: make a new one, move them to it, and delete the old one.",
        "Des parcours utilisent l'action : créez-en une autre, déplacez-les, supprimez l'ancienne.",
    ),
    "check rename": (
        "It is there under its old name, which the journeys that use it show.",
        "Elle existe sous son ancien nom, que les parcours qui l'utilisent affichent.",
    ),
    "check delete": (
        "No journey uses the action: the screen refuses to delete one that is used.",
        "Aucun parcours n'utilise l'action : l'écran refuse de supprimer une action utilisée.",
    ),
    "check delete in use": (
        "Journeys use the action: take it out of them first, since the screen refuses to delete it before.",
        "Des parcours utilisent l'action : retirez-la d'abord, car l'écran refuse de la supprimer avant.",
    ),
    "used by": ("These journeys use it: {journeys}.", "Ces parcours l'utilisent : {journeys}."),
    "used by unknown": (
        "Which journeys use it is not known here: look at “Used in” on the screen.",
        "Les parcours qui l'utilisent ne sont pas connus ici : regardez « Utilisé dans » à l'écran.",
    ),
    "secrets at hand": (
        "Have the secrets at hand: they are named here, and never contained.",
        "Ayez les secrets sous la main : ils sont nommés ici, et jamais contenus.",
    ),
    "by relay": (
        "Journeys cannot make this call: the action calls the relay at {host}, which makes it.",
        "Les parcours ne peuvent pas faire cet appel : l'action appelle le relais {host}, qui le fait.",
    ),
    "same screen": (
        "Nothing changes on the screen: check it, and confirm; then the relay calls as planned.",
        "Rien ne change à l'écran : vérifiez-le, et confirmez ; le relais appelle alors comme prévu.",
    ),
    # -- fields
    "constant": ("a constant", "une constante"),
    "variable": ("a variable, and this is its label", "une variable, et ceci est son libellé"),
    "computed": (
        "a variable, and this is its label; its expression is below",
        "une variable, et ceci est son libellé ; son expression est plus bas",
    ),
    "already there": (
        "it is already there, and cannot be removed: change its value only where it differs",
        "il est déjà là, et ne peut pas être retiré : ne changez sa valeur que si elle diffère",
    ),
    "rest of the path": (
        "the static part only: each journey adds the rest by its field Path, below",
        "la partie statique seulement : chaque parcours ajoute le reste par son champ Chemin, plus bas",
    ),
    "consent": (
        "the journey leaves out profiles whose consent does not allow it, by the normal path",
        "le parcours écarte les profils dont le consentement ne le permet pas, par le chemin normal",
    ),
    "in place": (
        "put each secret in the place of its reference",
        "mettez chaque secret à la place de sa référence",
    ),
    "tick": ("tick it at this variable", "cochez-le pour cette variable"),
    "tick box": ("tick the box", "cochez la case"),
    "optional": ("optional", "facultatif"),
    "numbered label": (
        "its label is “{label}”, since another variable has its name: keep it",
        "son libellé est « {label} », car une autre variable porte son nom : gardez-le",
    ),
    "own label": (
        "Adobe's French pages do not show this label: it may be called otherwise",
        "les pages françaises d'Adobe ne montrent pas ce libellé : il peut s'appeler autrement",
    ),
    "endpoint": (
        "it has an API, which this callsheet does not call: POST it, and then deploy it",
        "elle a une API, que ce callsheet n'appelle pas : envoyez-la par POST, puis déployez-la",
    ),
    # -- the test request
    "asked": ("It asks again for: {names}.", "Il redemande : {names}."),
    "asked nothing": ("It asks for no secret.", "Il ne demande aucun secret."),
    "real call": (
        "It makes a real call, outside of the static IP addresses: use values of a test.",
        "Il fait un véritable appel, hors des adresses IP statiques : utilisez des valeurs de test.",
    ),
    "expected": (
        "the answer has a status from 200 to 299, and fields such as these",
        "la réponse a un statut de 200 à 299, et des champs comme ceux-ci",
    ),
    "expected status": (
        "the answer has a status from 200 to 299; the definition shows no example of it",
        "la réponse a un statut de 200 à 299 ; la définition n'en montre pas d'exemple",
    ),
    "keep answer": (
        "Copy the answer into a file: callsheet confirm PACK {name} --response FILE keeps it.",
        "Copiez la réponse dans un fichier : callsheet confirm PACK {name} --response FILE la garde.",
    ),
    # -- custom channels
    "Action channel": ("the custom channel {name}", "le canal personnalisé {name}"),
    "check replace channel": (
        "An active channel locks what changes: make a new one, move its journeys, archive the old one.",
        "Un canal actif verrouille ce qui change : créez-en un, déplacez ses parcours, archivez l'ancien.",
    ),
    "check delete channel": (
        "A channel is archived, and not deleted: journeys that use it go on.",
        "Un canal s'archive, et ne se supprime pas : les parcours qui l'utilisent continuent.",
    ),
    "used by unknown channel": (
        "Which journeys and campaigns use it is not known here.",
        "Les parcours et campagnes qui l'utilisent ne sont pas connus ici.",
    ),
    "channel not tried": (
        "Custom channels are of limited availability, and nobody has tried this page on one.",
        "Les canaux personnalisés sont en disponibilité limitée ; personne n'a encore essayé cette page.",
    ),
    "channel locked": (
        "once it is active, only its name, description, icon, throttling and retries can be changed",
        "une fois actif, seuls changent son nom, sa description, son icône, ralentissement et reprises",
    ),
    "channel post": ("the method is POST, always", "la méthode est toujours POST"),
    "channel default": ("the screen's own value: {value}", "la valeur de l'écran : {value}"),
    "per second": ("requests per second", "requêtes par seconde"),
    "less than one": (
        "requests per second, and no less: the definition allows {value}",
        "requêtes par seconde, et pas moins : la définition permet {value}",
    ),
    "milliseconds": ("milliseconds", "millisecondes"),
    "at most 10": (
        "the screen takes 0 to 10; the definition says {value}",
        "l'écran prend 0 à 10 ; la définition dit {value}",
    ),
    "channel variable": (
        "a variable, without a default value: the channel configuration fills it, below",
        "une variable, sans valeur par défaut : la configuration du canal la remplit, plus bas",
    ),
    "sample": (
        "the screen takes the fields and their types from this sample; no value of it is sent",
        "l'écran tire de cet exemple les champs et leurs types ; aucune de ses valeurs n'est envoyée",
    ),
    "not required": (
        "not required: it may be left out of a message",
        "pas obligatoire : un message peut l'omettre",
    ),
    "test connection": (
        "It makes a real call. Look at what arrived; then activate the channel.",
        "Il fait un véritable appel. Regardez ce qui est arrivé ; activez ensuite le canal.",
    ),
    "credentials": (
        "choose the credentials that the channel got when it was activated",
        "choisissez les informations d'identification que le canal a reçues à son activation",
    ),
    "paste content": (
        "paste it in place of what is there; Simulate content shows what becomes of it",
        "collez-le à la place de ce qui s'y trouve ; la simulation du contenu montre ce qu'il devient",
    ),
    # -- journeys
    "exact": ("exact", "exacte"),
    "rough": ("comes near", "approchée"),
    "difference": ("it differs: {reason}", "différence : {reason}"),
    "rests": ("not verified: {note}", "non vérifié : {note}"),
    "for values": ("for {values}", "pour {values}"),
    "incomplete": (
        "choose the source of each name in angle quotes",
        "choisissez la source de chaque nom entre guillemets simples",
    ),
    "choose": ("choose the field that it comes from", "choisissez le champ d'où elle vient"),
    "named source": ("the source that the definition names", "la source que la définition nomme"),
    "status": (
        "http_ and the code of the answer; timedout, capped or internalError where there is none",
        "http_ et le code de la réponse ; timedout, capped ou internalError s'il n'y en a pas",
    ),
    "status older": (
        "an action that is older than this field has it once it is saved again",
        "une action plus ancienne que ce champ l'a une fois enregistrée à nouveau",
    ),
    "read answer": (
        "the fields of the answer, in expressions of the journey",
        "les champs de la réponse, dans les expressions du parcours",
    ),
    "read failure": (
        "the fields of the failure response, in expressions of the journey",
        "les champs de la réponse d'erreur, dans les expressions du parcours",
    ),
    "stops": (
        "without an alternative path for an error, the profile stops at the action",
        "sans chemin alternatif en cas d'erreur, le profil s'arrête à l'action",
    ),
}

UNVERIFIED: dict[int, tuple[str, str]] = {
    5: (
        "whether Adobe percent-encodes what the path and the query contain",
        "si Adobe encode ce que contiennent le chemin et la requête",
    ),
    6: (
        "whether a variable that is filled in and results in null is left out",
        "si une variable remplie dont le résultat est null est omise",
    ),
    8: (
        "the type of a division of an integer by a decimal",
        "le type de la division d'un entier par un décimal",
    ),
    10: (
        "whether an API key may be named Authorization",
        "si une clé API peut se nommer Authorization",
    ),
    11: (
        "how the screen finds a token in a nested answer",
        "comment l'écran trouve un jeton dans une réponse imbriquée",
    ),
}
"""Points of the documentation that nobody has verified on a sandbox, by their number there."""


def say(language: str, key: str, **facts: object) -> str:
    """Return a sentence in a language."""
    english, french = PHRASES[key]
    return (french if language == "fr" else english).format(**facts)


def unverified(language: str, number: int) -> str:
    """Return what is not verified about a point."""
    english, french = UNVERIFIED[number]
    return french if language == "fr" else english
