"""Does a text look like a credential? detect-secrets knows the patterns.

Importing detect-secrets costs more than checking a thousand files, so a text is first asked whether it
could match any of its patterns at all; a test checks this against every pattern's own samples.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

MAY_BE_SECRET = re.compile(
    r"""(?x)
    -----BEGIN | PRIVATE\ KEY | PuTTY
    | ://[^\s/]*@                       # a user and password in a URL
    | xox[a-z]- | hooks\.slack\.com
    | (?<![A-Za-z0-9])(?:AKC|AP[0-9A-F])[A-Za-z0-9]{8}
    | _authToken | AccountKey= | sk-
    | (?=[A-Za-z0-9_+=/-]{0,19}[0-9])(?=[A-Za-z0-9_+=/-]{0,19}[A-Za-z])[A-Za-z0-9_+=/-]{20}
    | AIza | hf_[A-Za-z]{9} | lin_api_ | figd_ | re_[A-Za-z0-9]{8}_
    | (?i:cloudant|api.?key|access.?token|passw|secret|bearer\ )
    """
)
"""What a text must match before it can match any pattern of detect-secrets, or of ours."""
_OF_VENDORS = {
    "Google API Key": r"AIza[0-9A-Za-z_-]{35}",
    "Google OAuth Token": r"ya29\.[0-9A-Za-z_-]{30,500}",
    "Firebase Server Key": r"AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140}",
    "Atlassian API Token": r"ATATT3[A-Za-z0-9_=-]{180,200}",
    "GitHub Fine-Grained Token": r"github_pat_\w{82}",
    "Shopify Token": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "DigitalOcean Token": r"do[opr]_v1_[0-9a-f]{64}",
    "HubSpot Private App Token": r"pat-(?:na|eu|ap)[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "Mailgun Key": r"key-[0-9a-f]{32}",
    "Brevo Key": r"xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}",
    "Klaviyo Private Key": r"pk_[0-9a-f]{34}",
    "Meta Access Token": r"EAA[A-Za-z0-9]{90,500}",
    "Hugging Face Token": r"hf_[A-Za-z]{34}",
    "Anthropic Key": r"sk-ant-[a-z]{3,8}[0-9]{2}-[\w-]{80,120}",
    "Linear Key": r"lin_api_[A-Za-z0-9]{40}",
    "Notion Token": r"(?:ntn_[0-9]{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})",
    "Postman Key": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    "Airtable Token": r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    "Figma Token": r"figd_[\w-]{40}",
    "Databricks Token": r"dapi[0-9a-f]{32}(?:-[0-9])?",
    "Stripe Webhook Secret": r"whsec_[A-Za-z0-9+/]{32,64}=*",
    "Vault Token": r"hvs\.[\w-]{90,120}",
    "New Relic Key": r"NRAK-[A-Z0-9]{27}",
    "Resend Key": r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
    "Adobe Client Secret": r"p8e-[A-Za-z0-9_-]{32}",
    "OneSignal Key": r"os_v2_(?:app|org)_[a-z2-7]{100,110}",
}
"""Of what detect-secrets does not know: the forms of keys and tokens as their vendors issue them."""
_OWN = {
    **{
        kind: re.compile(rf"(?<![\w-]){form}(?![\w-])" if form[-1] != "*" else rf"(?<![\w-]){form}")
        for kind, form in _OF_VENDORS.items()
    },
    "Bearer Token": re.compile(r"(?i)\bbearer +(?=\S*[0-9])[A-Za-z0-9._~+/-]{20,2000}=*"),
    "Key in a URL": re.compile(
        r"(?i)[?&](?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)="
        r"(?=[^&#\s]*[0-9])[A-Za-z0-9._~%-]{12,2000}"
    ),
}
"""What detect-secrets does not know: by the forms of vendors, by RFC 6750, and by names."""
_OF_A_DEVICE = re.compile(r"(?<![\w-])(?!AAAA[\w-]{7}:)[\w-]{11,22}:APA91b[\w-]{100,}")
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


def without_credentials(text: str) -> str:
    """Return a text with every match of a pattern replaced by asterisks."""
    if MAY_BE_SECRET.search(text) is not None:
        for _, pattern in _patterns():
            text = pattern.sub(lambda match: "*" * len(match[0]), text)
    return text


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
