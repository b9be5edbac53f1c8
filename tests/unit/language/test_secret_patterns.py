"""Keys and tokens as their vendors issue them are credentials wherever they are, and what resembles them is none."""

from __future__ import annotations

import random
import string

import pytest

from callsheet.language.secret_patterns import secret_kind, without_credentials

HEX = "0123456789abcdef"
ALL = string.ascii_letters + string.digits
FORMS = {
    "Google API Key": ("AIza", ALL, 35, ""),
    "Google OAuth Token": ("ya29.", ALL, 120, ""),
    "Firebase Server Key": ("AAAA", ALL, 7, ":" + "APA91b" + "x1" * 67),
    "Atlassian API Token": ("ATATT3", ALL, 186, ""),
    "GitHub Fine-Grained Token": ("github_pat_", ALL, 82, ""),
    "Shopify Token": ("shpat_", HEX, 32, ""),
    "DigitalOcean Token": ("dop_v1_", HEX, 64, ""),
    "HubSpot Private App Token": ("pat-na1-", HEX, 8, "-0123-4567-89ab-0123456789ab"),
    "Mailgun Key": ("key-", HEX, 32, ""),
    "Brevo Key": ("xkeysib-", HEX, 64, "-" + "aB1" * 5 + "c"),
    "Klaviyo Private Key": ("pk_", HEX, 34, ""),
    "Meta Access Token": ("EAA", ALL, 180, ""),
    "Hugging Face Token": ("hf_", string.ascii_letters, 34, ""),
    "Anthropic Key": ("sk-ant-api03-", ALL, 93, "AA"),
    "Linear Key": ("lin_api_", ALL, 40, ""),
    "Notion Token": ("ntn_01234567890", ALL, 35, ""),
    "Postman Key": ("PMAK-", HEX, 24, "-" + HEX * 2 + "ab"),
    "Airtable Token": ("pat", ALL, 14, "." + HEX * 4),
    "Figma Token": ("figd_", ALL, 40, ""),
    "Databricks Token": ("dapi", HEX, 32, ""),
    "Stripe Webhook Secret": ("whsec_", ALL, 32, ""),
    "Vault Token": ("hvs.", ALL, 95, ""),
    "New Relic Key": ("NRAK-", string.ascii_uppercase + string.digits, 27, ""),
    "Resend Key": ("re_", ALL, 8, "_" + "aB1c" * 6),
    "Adobe Client Secret": ("p8e-", ALL, 32, ""),
    "OneSignal Key": ("os_v2_app_", "abcdefghijklmnopqrstuvwxyz234567", 104, ""),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_key_of_a_vendor_is_a_credential_by_its_form(kind: str) -> None:
    start, letters, number, end = FORMS[kind]
    for seed in range(300):
        text = start + "".join(random.Random(seed).choices(letters, k=number)) + end
        for written in (
            text,
            f"Token {text}",
            f"https://api.example.com/v1?key={text}&a=1",
            f"{text}, and more",
        ):
            assert secret_kind(written), written
            assert text not in without_credentials(written)


@pytest.mark.parametrize(
    "text",
    [
        "https://api.example.com/v1/shpat_/products",
        "pk_test_example",
        "more_than_enough_words_in_a_name_of_a_field",
        "share_8_documents_with_all_of_our_customers_today",
        "pat-na1-not-a-token-but-a-name-of-a-place",
        "EAA is the East African Association",
        "key-value-pairs-of-a-long-configuration-file",
        "lin_api_version",
        "hf_space",
        "secret_santa_campaign_of_the_year_2026_for_all",
        # The token of a device, as Firebase gives it to an app: a datum of a person, and no credential.
        "cXyZ12345678901234567A:APA91b" + "x1" * 67,
    ],
)
def test_what_only_resembles_one_is_none(text: str) -> None:
    assert secret_kind(text) == ""
