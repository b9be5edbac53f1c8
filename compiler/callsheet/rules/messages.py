"""CS470 and CS471: messages and their languages."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.message import FIELDS, Message


@rule("CS470", "missing-language", on="message")
def missing_language(message: Message, at: Spots) -> Iterator[Problem]:
    """A message must have every language that `languages` names, and its default language.

    Bad:
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: email
          via: {smtp: {host: smtp.example.com}}
          from: {email: shop@example.com}
          to: ada@example.com
          languages: [en, fr]
          content: {en: {subject: Shipped, text: Your order is on its way}}
    Good:
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: email
          via: {smtp: {host: smtp.example.com}}
          from: {email: shop@example.com}
          to: ada@example.com
          languages: [en, fr]
          content:
            en: {subject: Shipped, text: Your order is on its way}
            fr: {subject: Expédiée, text: Votre commande est en route}
    """
    spec = message.spec
    for index, language in enumerate(spec.get("languages") or ()):
        if language not in spec["content"]:
            yield at.value(
                ("languages", index),
                f"the message is not written in `{language}`",
                do=f"write content.{language}, or remove the language",
            )
    default = spec.get("defaultLanguage")
    if default is not None and default not in spec["content"]:
        yield at.value(
            ("defaultLanguage",),
            f"the message is not written in `{default}`",
            do=f"write content.{default}",
        )


@rule("CS471", "missing-translation", on="message", severity="warning")
def missing_translation(message: Message, at: Spots) -> Iterator[Problem]:
    """What a message contains in one language should be in the others too.

    Bad:
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: email
          via: {smtp: {host: smtp.example.com}}
          from: {email: shop@example.com}
          to: ada@example.com
          content:
            en: {subject: Shipped, text: Tomorrow, preheader: It arrives tomorrow}
            fr: {subject: Expédiée, text: Demain}
    Good:
        apiVersion: callsheet/v1
        kind: Message
        metadata: {name: shipped}
        spec:
          channel: email
          via: {smtp: {host: smtp.example.com}}
          from: {email: shop@example.com}
          to: ada@example.com
          content:
            en: {subject: Shipped, text: Tomorrow}
            fr: {subject: Expédiée, text: Demain}
    """
    content = {
        language: {"html" if one == "htmlFile" else one for one in fields}
        for language, fields in message.spec["content"].items()
    }
    for field in FIELDS[message.channel]:
        having = [language for language, fields in content.items() if field in fields]
        for language, fields in content.items():
            if having and field not in fields:
                yield at.key(
                    ("content", language),
                    f"there is no `{field}` in `{language}`, as there is in {', '.join(having)}",
                    do=f"write content.{language}.{field}",
                )
