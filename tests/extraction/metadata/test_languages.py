from __future__ import annotations

import pytest

from crawler.extraction.metadata.language import language_tag


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("en", "en"),
        ("en_US", "en-US"),
        ("pt-br", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("EN-GB-oxendict", "en-GB"),
        ("de_DE.UTF-8", "de-DE"),
        ("de, en", "de"),
        ("ckb", "ckb"),
        ("iw", "he"),
        ("eng", "en"),
        ("zho-TW", "zh-TW"),
        ("cz", "cs"),
        *(
            (value, None)
            for value in ("", "utf-8", "English", "e", "und", "en-", "-en", "12", "x-y")
        ),
    ],
)
def test_a_language_is_a_well_formed_tag_or_none(value: str, expected: str | None) -> None:
    assert language_tag(value) == expected
