from __future__ import annotations

import pytest

from crawler.extraction.metadata.dates import url_date


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/2025/04/01/bridge", "2025-04-01"),
        ("https://news.example/2025/4/1/bridge", "2025-04-01"),
        ("https://news.example/politics/2025-04-01/bridge", "2025-04-01"),
        ("https://news.example/20250401/bridge", "2025-04-01"),
        ("https://news.example/2025-04/01/c_11.htm", "2025-04-01"),
        ("https://news.example/2025/april/01/bridge", "2025-04-01"),
        ("https://news.example/23-01-2022-bridge", "2022-01-23"),
        ("https://news.example/2025/04/01", "2025-04-01"),
        ("https://news.example/20030331_Speech.html", "2003-03-31"),
        ("https://news.example/2025/bridge/01/", None),
        ("https://news.example/2025/04/bridge", None),
        ("https://news.example/article/20250401123", None),
        ("https://news.example/bridge?d=/2025/04/01/", None),
        ("https://news.example/2025-to-2030/bridge", None),
    ],
)
def test_a_day_in_a_path_is_told_and_a_month_is_none(url: str, expected: str | None) -> None:
    assert url_date(url) == expected
