"""Looks at the settings of ours before anything is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.fetch.addresses.networks import ALLOWED_NETWORKS, AllowedNetworks
from crawler.fetch.bounded_stop import longest_run
from crawler.fetch.hosts.rest import HostLimits
from crawler.fetch.robots.middleware import check_robots_settings
from crawler.images.policy import ImageWish
from crawler.ledger.revisit import RevisitPolicy
from crawler.output.enriched import Additions
from crawler.rules import SiteRules
from crawler.spiders.archive_slot import check_archive_settings
from crawler.spiders.duplicates import wants_duplicates
from crawler.spiders.further_pages import most_pages
from crawler.spiders.javascript import check_javascript_settings
from crawler.spiders.pool import check_page_objects, check_pool_settings

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def check_settings(settings: BaseSettings) -> None:
    """Read each setting of ours.

    Raises:
        OptionError: one makes no sense.
    """
    check_pool_settings(settings)
    check_page_objects(settings)
    check_robots_settings(settings)
    check_archive_settings(settings)
    wants_duplicates(settings)
    most_pages(settings)
    RevisitPolicy.from_settings(settings)
    HostLimits.from_settings(settings)
    longest_run(settings)
    AllowedNetworks.parse(settings[ALLOWED_NETWORKS])
    Additions.from_settings(settings)
    ImageWish.from_settings(settings)
    SiteRules.from_settings(settings)
    check_javascript_settings(settings)
