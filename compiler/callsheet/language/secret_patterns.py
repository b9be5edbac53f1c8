"""Does a text look like a credential? detect-secrets knows the patterns.

Importing detect-secrets costs more than checking a thousand files, so a text is first asked whether it
could match any of its patterns at all; a test checks this against every pattern's own samples.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from callsheet.language.token_forms import API_TOKEN, BEGINNINGS
from callsheet.patterns import late

_MAY_BE_THEIRS = r"""
    A(?:3T[A-Z0-9]|BIA|CCA|KIA|SIA)[0-9A-Z]{16}
    | [Aa](?i:ws).{2,60}['"][0-9A-Za-z/+]{40}['"]
    | AKC[A-Za-z0-9]{10} | AP[\dA-F][A-Za-z0-9]{8}
    | AccountKey= | _authToken= | T3BlbkFJ | PRIVATE\ KEY | PuTTY
    | ://[^\s/]*@                                        # a user and password in a URL
    | [Kk\u212aPpTt](?i:ey|wd|w|ass|assword|oken)["']?\]?[ ]*[=:> ][=:> ]*["']?[A-Za-z0-9_-]{24}
    | [Ss\u017f](?i:oftlayer) | [Hh](?i:ooks\.slack) | [Xx](?i:ox[a-z]-)
    | [MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.
    | gh[a-z]_[A-Za-z0-9_]{36} | gl[a-z]{2,5}-[A-Za-z0-9_-]{20} | GR1348941
    | eyJ[A-Za-z0-9_=-]+\. | SG\.[A-Za-z0-9_-]{22}\. | pypi-Ag | sq0csp- | [rs]k_live_
    | -us[0-9] | [AS][CK][a-z0-9]{32} | \d:[0-9A-Za-z_-]{35}
"""
"""What a text must match before it can match any pattern of detect-secrets.

Each choice begins with letters or a set of them, by which a search sees that it need not be tried.
"""
MAY_BE_SECRET = late(
    rf"""(?x)
    (?<![A-Za-z0-9_-]){BEGINNINGS}
    | AIza | access_token\$ | sk-(?<![A-Za-z0-9_-]sk-)[A-Za-z0-9_-]{{20}}
    | [Bb](?i:earer)\ +[A-Za-z0-9._~+/-]{{20}}
    | [?&](?i:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)=
    | [Ww](?i:ebhooks|ebhookb2)(?:/|%2[Ff])[0-9A-Za-z] | sig(?:=|%3[Dd])[\w+/%]{{40}}
    | {_MAY_BE_THEIRS}
    """
)
"""What a text must match before it can match any pattern of detect-secrets, or of ours."""
_OWN = {
    "API Token": API_TOKEN,
    "Google API Key": late(r"(?<![\w-])AIza[0-9A-Za-z_-]{35}(?![\w-])"),
    "Bearer Token": late(r"(?i)\bbearer +(?=\S*[0-9])[A-Za-z0-9._~+/-]{20,2000}=*"),
    "Webhook URL": late(
        r"(?i)discord(?:app)?\.com(?:/|%2f)api(?:/|%2f)(?:v[0-9]+(?:/|%2f))?webhooks(?:/|%2f)[0-9]{15,22}(?:/|%2f)[\w-]{40}"
        r"|webhook\.office\.com(?:/|%2f)webhookb2(?:/|%2f)[\w@%-]{20}"
        r"|hooks\.slack(?:-gov)?\.com(?:/|%2f)(?:services|workflows|triggers)(?:/|%2f)[\w/%-]{20}"
    ),
    "Shared Access Signature": late(r"(?i)(?:[?&]|%3f|%26)sig(?:=|%3d)(?=[\w+/%]*[0-9])[\w+/%]{40}"),
    "Key in a URL": late(
        r"(?i)[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)="
        r"(?=[^&#\s]*[0-9])[A-Za-z0-9._~%-]{12,2000}"
    ),
}
"""What detect-secrets does not know: by the forms of vendors, by RFC 6750, and by names."""
_OF_A_DEVICE = late(r"(?<![\w-])(?!AAAA[\w-]{7}:)[\w-]{11,22}:APA91b[\w-]{100,}")
"""A registration token of Firebase: a datum of a person. Some are tokens of Artifactory by their form."""
_WINDOW = 1_500
_OVERLAP = 300
_USED_DETECTORS = frozenset(
    {
        "ArtifactoryDetector",
        "AWSKeyDetector",
        "AzureStorageKeyDetector",
        "BasicAuthDetector",
        "CloudantDetector",
        "DiscordBotTokenDetector",
        "GitHubTokenDetector",
        "GitLabTokenDetector",
        "IbmCloudIamDetector",
        "IbmCosHmacDetector",
        "JwtTokenDetector",
        "MailchimpDetector",
        "NpmDetector",
        "OpenAIDetector",
        "PrivateKeyDetector",
        "PypiTokenDetector",
        "SendGridDetector",
        "SlackDetector",
        "SoftlayerDetector",
        "SquareOAuthDetector",
        "StripeDetector",
        "TelegramBotTokenDetector",
        "TwilioKeyDetector",
    }
)
"""All but the detectors of entropy, of key words and of public addresses, which guess."""


@lru_cache(maxsize=50_000)
def secret_kind(text: str) -> str:
    """Return the kind of credential that a text looks like; empty where it looks like none.

    A long text is looked at through windows: some of the patterns take a time that grows with the square
    of the text.
    """
    if len(text) < 8 or MAY_BE_SECRET.search(text) is None:
        return ""
    if ":APA91b" in text:
        text = _OF_A_DEVICE.sub("", text)
    for start in range(0, max(len(text) - _OVERLAP, 1), _WINDOW - _OVERLAP):
        window = text[start : start + _WINDOW]
        if MAY_BE_SECRET.search(window) is None:
            continue
        for kind, pattern in _patterns():
            if pattern.search(window):
                return kind
    return ""


def secret_kind_of_file(file: str) -> str:
    """Return the kind of credential that a file, or a folder that it is in, is named by; empty for none."""
    return next(filter(None, map(secret_kind, file.split("/"))), "")


def without_credentials(text: str) -> str:
    """Return a text with every match of a pattern replaced by asterisks."""
    if MAY_BE_SECRET.search(text) is not None:
        for _, pattern in _patterns():
            text = pattern.sub(lambda match: "*" * len(match[0]), text)
    return text


def forms_of_credentials() -> tuple[list[tuple[str, re.Pattern[str]]], re.Pattern[str]]:
    """Return the kinds of credentials with their patterns, and the pattern of what is left out before."""
    return _patterns(), _OF_A_DEVICE


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the kinds of credentials with their patterns; ours first: they need no import."""
    theirs = [(str(one.secret_type), pattern) for one in _detectors() for pattern in one.denylist]
    return [*_OWN.items(), *theirs]


@cache
def _detectors() -> list[Any]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    found: Any = get_mapping_from_secret_type_to_class().values()
    return sorted(
        (kind() for kind in found if kind.__name__ in _USED_DETECTORS),
        key=lambda one: one.secret_type,
    )
