"""What the compiler says of a difference → the same in French; nothing where its form is not known here.

The forms are those of `planning/explanations.py` and its modules that pages show most. A name between
backticks, a host and a value stay as they are.
"""

from __future__ import annotations

import re

from callsheet.reporting.catalog.wording import personal_words, spaced

_DONE = {"added": "ajouté", "removed": "supprimé", "changed": "modifié"}
_VERB = "(?P<verb>added|removed|changed)"
_CODE = "(?P<{}>`[^`]+`)"
_NAME, _OTHER = _CODE.format("name"), _CODE.format("other")
_FROM_TO = r"from (?P<old>\S+) to (?P<new>\S+)"
_FORMS = (
    (rf"{_NAME} {_VERB}", "{name} {done}"),
    (rf"renamed from {_NAME} to {_OTHER}", "renommé de {name} en {other}"),
    (rf"payload {_VERB}", "corps {done}"),
    (rf"payload field {_NAME} {_VERB}", "champ {name} du corps {done}"),
    (
        rf"payload field {_NAME} is now left out where nothing in it has a value",
        "champ {name} du corps désormais omis quand rien n'y a de valeur",
    ),
    (
        rf"payload field {_NAME} is no longer left out where nothing in it has a value",
        "champ {name} du corps n'est plus omis quand rien n'y a de valeur",
    ),
    (rf"payload: template text {_VERB}", "corps : texte du modèle {done}"),
    (rf"payload: {_NAME}, which the template reads, {_VERB}", "corps : {name}, que lit le modèle, {done}"),
    (
        rf"payload: the fragment {_NAME} in the template {_VERB}",
        "corps : fragment {name} du modèle {done}",
    ),
    (rf"headers {_VERB}", "en-têtes {done}s"),
    (rf"header {_NAME} {_VERB}", "en-tête {name} {done}"),
    (rf"query {_VERB}", "paramètres de l'URL {done}s"),
    (rf"query parameter {_NAME} {_VERB}", "paramètre {name} de l'URL {done}"),
    (rf"method changed {_FROM_TO}", "méthode : {new}, c'était {old}"),
    (rf"host changed {_FROM_TO}", "hôte : {new}, c'était {old}"),
    (rf"authentication changed {_FROM_TO}", "authentification : {new}, c'était {old}"),
    (rf"secret of {_NAME} changed {_FROM_TO}", "secret de {name} : {new}, c'était {old}"),
    (rf"channel changed {_FROM_TO}", "canal : {new}, c'était {old}"),
    ("parameters added, all optional", "paramètres ajoutés, tous facultatifs"),
    (rf"parameters {_VERB}", "paramètres {done}s"),
    (rf"parameter {_NAME} removed", "paramètre {name} supprimé"),
    (rf"parameter {_NAME} added, optional", "paramètre {name} ajouté, facultatif"),
    (rf"parameter {_NAME} added, required", "paramètre {name} ajouté, obligatoire"),
    (rf"parameter {_NAME} became optional", "paramètre {name} devenu facultatif"),
    (rf"parameter {_NAME} became required", "paramètre {name} devenu obligatoire"),
    (rf"label of parameter {_NAME} {_VERB}", "libellé du paramètre {name} {done}"),
    (rf"description of parameter {_NAME} {_VERB}", "description du paramètre {name} : {noun}"),
    (rf"example of parameter {_NAME} {_VERB}", "exemple du paramètre {name} {done}"),
    (rf"sensitivity of parameter {_NAME} {_VERB}", "sensibilité du paramètre {name} : {noun}"),
    (rf"{_NAME} of parameter {_OTHER} {_VERB}", "{name} du paramètre {other} {done}"),
    (rf"response field {_NAME} {_VERB}", "champ {name} de la réponse {done}"),
    (rf"what makes an answer a failure {_VERB}", "ce qui fait d'une réponse un échec : {noun}"),
    (rf"language {_NAME} {_VERB}", "contenu en langue {name} {done}"),
    (rf"{_NAME} in {_OTHER} {_VERB}", "{name} en langue {other} {done}"),
    (rf"content {_VERB}", "contenu {done}"),
    (rf"delivery: {_NAME} {_VERB}", "envoi : {name} {done}"),
    (rf"endpoint: {_NAME} {_VERB}", "point d'accès : {name} {done}"),
    (rf"at the target: {_NAME} {_VERB}", "à la cible : {name} {done}"),
    (rf"consent for {_NAME} is required", "consentement pour {name} requis"),
    (rf"consent for {_NAME} is no longer required", "consentement pour {name} plus requis"),
    (
        rf"personal data \({_NAME}: (?P<kind>[\w-]+)\) newly leaves for (?P<new>\S+)",
        "donnée personnelle ({name} : {personal}) qui sort désormais vers {new}",
    ),
    # A field by its path, where nothing above has a word for it.
    (rf"(?P<plain>[A-Za-z][\w.\[\]-]*) {_VERB}", "{plain} {done}"),
)
_NOUNS = {"added": "ajout", "removed": "suppression", "changed": "modification"}
_ALL = tuple((re.compile(english), french) for english, french in _FORMS)


def difference_in_french(words: str) -> str:
    """Return the words of a difference in French; empty where the form is not known."""
    for english, french in _ALL:
        if found := english.fullmatch(words):
            known = found.groupdict()
            verb = known.get("verb") or ""
            # The words first: what is put into them has its own spaces.
            return spaced(french).format(
                **known,
                done=_DONE.get(verb, ""),
                noun=_NOUNS.get(verb, ""),
                personal=personal_words(known.get("kind") or "", "fr"),
            )
    return ""
