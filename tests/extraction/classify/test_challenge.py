from __future__ import annotations

import pytest

from crawler.extraction.classify.walls import refused_by_challenge

CLOUDFLARE = b"<script>window._cf_chl_opt={cType:'managed'}</script>"


@pytest.mark.parametrize("status", [401, 403, 405, 429, 503])
def test_a_refusal_with_a_challenge_is_a_bot_wall_s(status: int) -> None:
    assert refused_by_challenge(status, {}, CLOUDFLARE) == "a challenge of Cloudflare"


@pytest.mark.parametrize("status", [200, 404, 410, 500, 502])
def test_what_a_page_holds_does_not_make_another_status_a_bot_wall_s(status: int) -> None:
    assert refused_by_challenge(status, {}, CLOUDFLARE) is None


@pytest.mark.parametrize(
    ("headers", "vendor"),
    [
        ({"cf-mitigated": "challenge"}, "Cloudflare"),
        ({"x-amzn-waf-action": "captcha"}, "AWS WAF"),
    ],
)
def test_a_header_that_only_challenges_have_decides(headers: dict[str, str], vendor: str) -> None:
    assert refused_by_challenge(202, headers, b"") == f"a challenge of {vendor}"


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>Forbidden</h1><p>You need to be a member.</p>",
        b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        b"<script>window._pxAppId='PX1'</script><script src='https://js.datadome.co/tags.js'>",
        b"<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3'></script>",
    ],
)
def test_a_refusal_of_the_site_itself_is_its_own_word(body: bytes) -> None:
    assert refused_by_challenge(403, {"server": "cloudflare"}, body) is None


def test_what_is_far_down_a_giant_page_is_not_looked_for() -> None:
    assert refused_by_challenge(403, {}, b" " * 100_000 + CLOUDFLARE) is None
