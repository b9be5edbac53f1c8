"""Values of the compiled form → what people read of them, in English or French: limits, types, times.

Texts of a workspace stay as they are; a name of the schema, as `maxLength`, becomes words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

NARROW = "\u202f"
"""The space in French numbers, and before `;`, `!` and `?`."""
WIDE = "\u00a0"
"""The space before `:` and in « »."""
_TIGHT = re.compile(" ([;!?])(?= |$)")
_LOOSE = re.compile(" :(?= |$)")

_TYPES = {
    "string": ("text", "texte"),
    "number": ("number", "nombre"),
    "integer": ("whole number", "nombre entier"),
    "boolean": ("true or false", "vrai ou faux"),
    "date": ("date", "date"),
    "datetime": ("date and time", "date et heure"),
    "array": ("list", "liste"),
    "object": ("fields", "champs"),
}
_PERSONAL = {
    "device-id": ("device", "appareil"),
    "name": ("name", "nom"),
    "email": ("email address", "adresse e-mail"),
    "phone": ("phone number", "numéro de téléphone"),
    "postal-address": ("postal address", "adresse postale"),
    "location": ("location", "localisation"),
    "birth-date": ("date of birth", "date de naissance"),
    "gender": ("gender", "genre"),
    "ip-address": ("IP address", "adresse IP"),
    "customer-id": ("customer number", "numéro de client"),
    "free-text": ("free text", "texte libre"),
    "other": ("other personal data", "autre donnée personnelle"),
}
_FORMATS = {
    "email": ("an email address", "une adresse e-mail"),
    "uri": ("a URL", "une URL"),
    "uuid": ("a UUID", "un UUID"),
    "hostname": ("the name of a host", "un nom d'hôte"),
    "ipv4": ("an IPv4 address", "une adresse IPv4"),
    "ipv6": ("an IPv6 address", "une adresse IPv6"),
}
_GROUPS = {
    # Channels, as labels and messages write them.
    "push": ("Push", "Push"),
    "email": ("Email", "E-mail"),
    "sms": ("SMS", "SMS"),
    "mms": ("MMS", "MMS"),
    "rcs": ("RCS", "RCS"),
    "whatsapp": ("WhatsApp", "WhatsApp"),
    "inapp": ("In the app", "Dans l'application"),
    "web": ("Web", "Web"),
    "directmail": ("Direct mail", "Courrier postal"),
    "ads": ("Ads", "Publicité"),
    "event": ("Event", "Événement"),
    "campaign": ("Campaign", "Campagne"),
    # Categories: kinds, where no label says one, and those of the samples.
    "actions": ("Actions", "Actions"),
    "messages": ("Messages", "Messages"),
    "endpoints": ("Endpoints", "Points d'accès"),
    "events": ("Events", "Événements"),
}
_MONTHS = (
    (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
)  # fmt: skip
_UNITS = {"ms": "ms", "s": "s", "m": "min", "h": "h"}


def _at(language: str) -> int:
    return 1 if language == "fr" else 0


def spaced(text: str) -> str:
    """Return a French text with the spaces that keep its punctuation at the word before it."""
    text = _LOOSE.sub(f"{WIDE}:", _TIGHT.sub(rf"{NARROW}\1", text))
    return text.replace("« ", f"«{WIDE}").replace(" »", f"{WIDE}»")


def said_in(words: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """Return texts in one language, by their keys."""
    found = {key: texts[_at(language)] for key, texts in words.items()}
    return {key: spaced(text) for key, text in found.items()} if language == "fr" else found


def plain(text: str) -> str:
    """Return a text as it is searched: in lower case, without accents; `catalog.js` does the same.

    Through upper case, `ß` is `ss`; a sigma at the end of a word is as any other.
    """
    marked = unicodedata.normalize("NFKD", text)
    found = "".join(one for one in marked if unicodedata.category(one)[0] != "M")
    return (
        found.upper().lower().replace("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
    )


def compact(value: Any) -> str:
    """Return a value on one line: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def number(value: float, language: str) -> str:
    """Return a number with its thousands apart."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", NARROW) if language == "fr" else f"{value:,}"
    text = json.dumps(value)
    return text.replace(".", ",") if language == "fr" else text


def type_words(name: str, language: str) -> str:
    """Return what a type of parameters is called; its own name where there is no word."""
    return _TYPES[name][_at(language)] if name in _TYPES else name


def personal_words(kind: str, language: str) -> str:
    """Return what a kind of personal data is called; its own name where there is no word."""
    return _PERSONAL[kind][_at(language)] if kind in _PERSONAL else kind


def group_words(value: str, language: str) -> str:
    """Return what a channel or a category is called: by a word, or as its label has it, as words."""
    key = re.sub("[-_ ]", "", value.lower())
    if key in _GROUPS:
        return _GROUPS[key][_at(language)]
    words = re.sub("[-_ ]+", " ", value).strip()
    return words[:1].upper() + words[1:] or value


def allowed_words(declared: Mapping[str, Any], language: str) -> str:
    """Return in words what a value of a parameter must be, beside its type."""
    found = [write(declared[key], language) for key, write in _ALLOWED.items() if key in declared]
    return ", ".join(found)


def _either(english: str, french: str) -> Callable[[Any, str], str]:
    """Return what puts a value into a phrase of the language."""

    def write(value: Any, language: str) -> str:
        return (spaced(french) if language == "fr" else english).format(_value(value, language))

    return write


def _value(value: Any, language: str) -> str:
    if isinstance(value, list):
        return ", ".join(map(compact, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, language)
    return str(value)


def _characters(english: str, french: str) -> Callable[[Any, str], str]:
    def write(value: Any, language: str) -> str:
        words = ("character", "caractère")[_at(language)]
        amount = f"{_value(value, language)}{WIDE if language == 'fr' else ' '}{words}"
        # 0 takes no plural in French.
        many = value not in (0, 1) if language == "fr" else value != 1
        return f"{(english, french)[_at(language)]} {amount}{'s' if many else ''}"

    return write


def _format(value: Any, language: str) -> str:
    if value in _FORMATS:
        return _FORMATS[value][_at(language)]
    return f"{('of the format', 'au format')[_at(language)]} {value}"


_ALLOWED: Mapping[str, Callable[[Any, str], str]] = {
    "enum": _either("one of: {}", "au choix : {}"),
    "minLength": _characters("at least", "au moins"),
    "maxLength": _characters("at most", "au plus"),
    "pattern": _either("of the form {}", "de la forme {}"),
    "minimum": _either("{} or more", "{} ou plus"),
    "maximum": _either("{} or less", "{} ou moins"),
    "multipleOf": _either("a multiple of {}", "multiple de {}"),
    "format": _format,
}


def call_words(limits: Mapping[str, Any], language: str) -> str:
    """Return in words the limits of a call: how fast, how often again, how long."""
    french = language == "fr"
    found = []
    for key, value in limits.items():
        if key == "timeout":
            found.append(f"{'délai maximal' if french else 'timeout'} {_duration(value)}")
        elif key == "rate" and (of := _RATE.fullmatch(str(value))):
            calls = number(int(of["calls"]), language)
            words = ("calls per", "appels par")[french]
            found.append(f"{calls}{WIDE}{words} {_duration(of['time'])}")
        elif key in _COUNTED:
            one, several = _COUNTED[key][_at(language)]
            is_one = value in (0, 1) if french else value == 1
            found.append(f"{_value(value, language)}{WIDE}{one if is_one else several}")
        else:
            found.append(f"{key} {_value(value, language)}")
    return ", ".join(found)


_RATE = re.compile("(?P<calls>[0-9]+) per (?P<time>[0-9]+(?:ms|s|m|h))")
_COUNTED = {
    "retries": (("retry", "retries"), ("nouvelle tentative", "nouvelles tentatives")),
    "maxConnections": (
        ("connection at once", "connections at once"),
        ("connexion à la fois", "connexions à la fois"),
    ),
}


def _duration(value: Any) -> str:
    found = re.fullmatch("([0-9]+)(ms|s|m|h)", str(value))
    return f"{found[1]}{WIDE}{_UNITS[found[2]]}" if found else str(value)


def moment(text: str, language: str) -> str:
    """Return a time in words, or a date where it is one; what is none as it is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == len("2026-01-31"):
        return _day(found.date(), language)
    if found.tzinfo is not None:
        found = found.astimezone(UTC)
    zone = f"{WIDE}UTC" if found.tzinfo is not None else ""
    between = (", ", f" à{WIDE}")[_at(language)]
    return f"{_day(found.date(), language)}{between}{found:%H:%M}{zone}"


def _day(day: date, language: str) -> str:
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first}{WIDE}{_MONTHS[_at(language)][day.month - 1]} {day.year}"
