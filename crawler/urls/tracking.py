"""Query parameters that say where a reader came from and never what is on the page."""

from __future__ import annotations

from urllib.parse import unquote_plus

# Names that mean the same on every site. Names that some sites select content by ("ref",
# "source", "cid", "id", "s", "amp") are not here, however often others track with them.
# The list is part of the identity of stored pages: removing a name changes their keys.
TRACKING_PARAMETERS = frozenset(
    {
        # Click identifiers of advertising networks
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid"),
        *("msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "epik", "rb_clickid"),
        *("irclickid", "srsltid", "s_kwcid", "ef_id", "wickedid", "_openstat"),
        # Sharing from social networks
        *("igsh", "igshid", "mibextid", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source"),
        *("ref_src", "ref_url", "__twitter_impression", "sr_share", "wprov", "soc_src", "soc_trk"),
        # Newsletters and marketing suites
        *("mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking"),
        *("mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id", "vero_conv", "ml_subscriber"),
        *("ml_subscriber_hash", "_branch_match_id", "_branch_referrer", "cmpid", "vgo_ee"),
        # Web analytics
        *("_ga", "_gl", "xtor", "at_medium", "at_campaign", "wt_mc", "wt.mc_id", "wt.mc_ev"),
        *("ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee"),
        *("pk_campaign", "pk_kwd", "piwik_campaign", "piwik_kwd"),
        *("mtm_campaign", "mtm_keyword", "mtm_source", "mtm_medium", "mtm_content", "mtm_cid"),
        *("guccounter", "guce_referrer", "guce_referrer_sig"),
    }
)
_TRACKING_PREFIX = "utm_"


def without_tracking(query: str) -> str:
    """Return the query without tracking parameters; the rest keeps its order and encoding."""
    return without_parameters(query, TRACKING_PARAMETERS, prefix=_TRACKING_PREFIX)


def without_parameters(query: str, names: frozenset[str], *, prefix: str | None = None) -> str:
    """Return the query without the named parameters and those whose name starts with `prefix`.

    `names` and `prefix` are in lower case; names are compared decoded and without case.
    """
    kept = []
    for pair in query.split("&"):
        name = unquote_plus(pair.partition("=")[0]).lower()
        if name in names or (prefix is not None and name.startswith(prefix)):
            continue
        kept.append(pair)
    return "&".join(kept)
