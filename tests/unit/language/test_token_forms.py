"""Each form of a vendor's token is known as a credential, and no word or id that is none."""

from __future__ import annotations

import random
import re
import string

import pytest

from callsheet.language.secret_patterns import MAY_BE_SECRET, secret_kind, without_credentials
from callsheet.language.token_forms import FORMS

HEX = "0123456789abcdef"
WORD = string.ascii_letters + string.digits


def some(alphabet: str, length: int) -> str:
    """Return made-up characters: no file contains a whole token, which a push protection would refuse."""
    return "".join(random.Random(f"{alphabet}{length}").choices(alphabet, k=length))


UUID = "-".join(some(HEX, one) for one in (8, 4, 4, 4, 12))
TOKENS = {
    "1Password": ["ops" + "_eyJ" + some(WORD, 250)],
    "Alibaba": ["LTAI" + "5t" + some(WORD, 18)],
    "Azure": ["abc" + "8Q~" + some(WORD, 34)],
    "Doppler": ["dp" + ".pt." + some(WORD, 43), "dp" + ".st.dev_ada." + some(WORD, 43)],
    "Duffel": ["duffel" + "_test_" + some(WORD, 43)],
    "Dynatrace": ["dt0" + "c01." + some(string.ascii_uppercase, 24) + "." + some(string.ascii_uppercase, 64)],
    "EasyPost": ["EZAK" + some(WORD, 54), "EZTK" + some(WORD, 54)],
    "Flutterwave": ["FLWSECK" + "_TEST-" + some("abcdefgh0123456789", 32) + "-X", "FLWSECK" + "-" + some(HEX, 32) + "-X"],
    "Fly.io": ["fo1" + "_" + some(WORD, 43), "fm2" + "_" + some(WORD, 120)],
    "Frame.io": ["fio" + "-u-" + some(WORD, 64)],
    "HCP Terraform": [some(WORD, 14) + ".atlas" + "v1." + some(WORD, 67)],
    "Heroku": ["HRKU" + "-AA" + some(WORD, 58)],
    "MaxMind": [some(WORD, 6) + "_" + some(WORD, 29) + "_mmk"],
    "OpenShift": ["sha256" + "~" + some(WORD, 43)],
    "Perplexity": ["pplx" + "-" + some(WORD, 48)],
    "Plaid": ["access" + "-production-" + UUID],
    "PlanetScale": [f"pscale_{one}_" + some(WORD, 43) for one in ("tkn", "oauth", "pw")],
    "Prefect": ["pnu" + "_" + some(WORD, 36)],
    "Pulumi": ["pul" + "-" + some(HEX, 40)],
    "ReadMe": ["rdme" + "_" + some("abcdefghij0123456789", 70)],
    "RubyGems": ["rubygems" + "_" + some(HEX, 48)],
    "Settlemint": [f"sm_{one}at_" + some(WORD, 16) for one in "aps"],
    "Shippo": ["shippo" + "_live_" + some(HEX, 40)],
    "Sourcegraph": ["sgp" + "_" + some(HEX, 40), "sgp" + "_" + some(HEX, 16) + "_" + some(HEX, 40)],
    "Adobe": ["p8e-" + some(WORD, 32)],
    "Firebase": ["AAAA" + some(WORD, 7) + ":APA91b" + some(WORD, 134)],
    "OneSignal": ["os_v2" + "_app_" + some("abcdefghijklmnopqrstuvwxyz234567", 104)],
    "Airtable": ["pat" + some(WORD, 14) + "." + some(HEX, 64)],
    "Anthropic": ["sk-" + "ant-api03-" + some(WORD, 93) + "AA"],
    "Atlassian": ["ATATT3" + "xFfGF0" + some(WORD, 180), "ATCTT3" + some(WORD, 180)],
    "Bitbucket": ["ATBB" + some(WORD, 32)],
    "Braintree": ["access_token" + "$production$" + some(string.ascii_lowercase + string.digits, 16) + "$" + some(HEX, 32)],
    "Brevo": ["xkeysib" + "-" + some(HEX, 64) + "-" + some(WORD, 16), "xsmtpsib" + "-" + some(HEX, 64) + "-" + some(WORD, 16)],
    "Contentful": ["CFPAT" + "-" + some(WORD, 43)],
    "Databricks": ["dapi" + some(HEX, 32), "dapi" + some(HEX, 32) + "-2"],
    "DigitalOcean": [one + "_v1_" + some(HEX, 64) for one in ("dop", "doo", "dor")],
    "Figma": ["figd_" + some(WORD, 40)],
    "GitHub": ["github" + "_pat_" + some(WORD, 22) + "_" + some(WORD, 59)],
    "GitLab": ["glpat" + "-" + some(WORD, 20), "glpat" + "-" + some(WORD, 27) + ".01.1" + some(WORD, 8), "gldt" + "-" + some(WORD, 20)],
    "Google": ["ya29" + ".a0" + some(WORD, 150), "GOCSPX" + "-" + some(WORD, 28)],
    "Grafana": ["glsa" + "_" + some(WORD, 32) + "_" + some(HEX, 8), "glc" + "_eyJ" + some(WORD, 60)],
    "HashiCorp": ["hvs" + "." + some(WORD, 90)],
    "HubSpot": ["pat" + "-na1-" + UUID, "pat" + "-eu1-" + UUID],
    "Hugging Face": ["hf" + "_" + some(string.ascii_letters, 34)],
    "Klaviyo": ["pk" + "_" + some(HEX, 34)],
    "Linear": ["lin" + "_api_" + some(WORD, 40), "lin" + "_oauth_" + some(HEX, 64)],
    "Mailgun": ["key" + "-" + some(HEX, 32)],
    "MailerSend": ["mlsn" + "." + some(HEX, 64)],
    "Meta": ["EAA" + "Gm0PX4ZCps" + some(WORD, 150), some(string.digits, 15) + "|" + some(WORD, 27)],
    "New Relic": ["NRAK" + "-" + some(string.ascii_uppercase + string.digits, 27), "NRII" + "-" + some(WORD, 32)],
    "Notion": ["ntn" + "_" + some(string.digits, 11) + some(WORD, 35), "secret" + "_" + some(WORD, 43)],
    "npm": ["npm" + "_" + some(WORD, 36)],
    "OpenAI": ["sk-" + "proj-" + some(WORD, 120), "sk-" + "svcacct-" + some(WORD, 120)],
    "Postman": ["PMAK" + "-" + some(HEX, 24) + "-" + some(HEX, 34)],
    "PyPI": ["pypi" + "-AgEIcHlwaS5vcmc" + some(WORD, 120)],
    "Resend": ["re" + "_" + some(WORD, 8) + "_" + some(WORD, 24)],
    "Sentry": ["sntrys" + "_eyJ" + some(WORD, 120)],
    "Shopify": [f"shp{one}_" + some(HEX, 32) for one in ("at", "ca", "pa", "ss")],
    "Slack": ["xoxe" + ".xoxp-1-" + some(WORD, 160), "xoxe" + "-1-" + some(WORD, 146), "xapp" + "-1-A0123456789-1234567890123-" + some(HEX, 64)],
    "Square": ["sq0atp" + "-" + some(WORD, 22), "sq0csp" + "-" + some(WORD, 43), "EAAA" + some(WORD, 60)],
    "Stripe": ["sk" + "_live_" + some(WORD, 99), "sk" + "_test_" + some(WORD, 24), "rk" + "_live_" + some(WORD, 24), "whsec" + "_" + some(WORD, 32)],
    "Supabase": ["sbp" + "_" + some(HEX, 40), "sb" + "_secret_" + some(WORD, 31)],
    "Typeform": ["tfp" + "_" + some(WORD, 59)],
}  # fmt: skip


@pytest.mark.parametrize("vendor", FORMS)
def test_the_token_of_a_vendor_is_a_credential(vendor: str) -> None:
    for token in TOKENS[vendor]:
        assert re.fullmatch(FORMS[vendor], token), vendor
        for text in (token, f"Bearer {token}", f'key="{token}"', f"https://x.example/?k={token}&n=1"):
            assert MAY_BE_SECRET.search(text)
            assert secret_kind(text)
            assert token[12:] not in without_credentials(text)


@pytest.mark.parametrize(
    "text",
    [
        "glass-of-water-for-everybody-who-comes",
        "patron-saints-and-other-holidays",
        "re_engagement_campaign_for_the_customers_of_spring",
        "key-account-management-and-sales",
        "key-value",
        "pk_customers_and_their_addresses_by_id",
        "secret_santa_invitation_for_the_colleagues_of_berlin",
        "hf_radio_transmitters_and_their_receivers",
        "npm_package_version_of_the_catalogue",
        "lin_algebra",
        "sk-learn-tutorial-for-beginners-and-others",
        "sk-proj-ect-of-the-whole-department-of-sales",
        "EAAsterly winds",
        "pk" + "_live_" + some(WORD, 24),
        "pk" + "_test_" + some(WORD, 24),
        "sq0idp" + "-" + some(WORD, 22),
        some(HEX, 12) + ".apps.googleusercontent.com",
        "dapil",
        "access-control-and-permissions-of-the-whole-company",
        "duffel_live_events_for_the_customers_of_our_shops_in_spring",
        "pul-lovers-and-other-clothes-of-the-season",
        "sha256~",
        "sm_pat_",
        "123456789012345|a",
        "Q1 or Q~ of the year",
        "rdme_the_page_of_the_manual",
        "pscale_pw_",
        "shpat_",
        "sandbox_secret_of_none",
        "monkey-" + some(HEX, 32),
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
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
def test_a_word_or_a_public_id_is_none(text: str) -> None:
    assert secret_kind(text) == ""


def test_every_form_is_tried() -> None:
    assert set(TOKENS) == set(FORMS)
