"""What only resembles a credential by its form is none."""

from __future__ import annotations

import pytest

from callsheet.language.secret_patterns import secret_kind


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
