"""Settings of ours below those of another project."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawler.addon import Addon
from crawler.crawl.project import put_ours_below, set_by_the_project
from crawler.spiders import FeedsSpider

RETRY = "scrapy.downloadermiddlewares.retry.RetryMiddleware"
GATE = "crawler.downloader.ssrf.SsrfMiddleware"


@pytest.fixture
def settings() -> Settings:
    theirs = Settings()
    theirs.setdict(
        {
            "BOT_NAME": "theirs",
            "DOWNLOAD_DELAY": 7,
            "DOWNLOADER_MIDDLEWARES": {RETRY: 550, "theirs.Middleware": 1},
        },
        priority="project",
    )
    return theirs


def test_what_a_project_sets_stays(settings: Settings) -> None:
    put_ours_below(settings)
    assert settings["BOT_NAME"] == "theirs"
    assert settings["SPIDER_MODULES"] == []
    assert settings.getint("DOWNLOAD_DELAY") == 7
    middlewares = settings["DOWNLOADER_MIDDLEWARES"]
    assert (middlewares[RETRY], middlewares["theirs.Middleware"]) == (550, 1)


def test_what_it_does_not_set_is_ours(settings: Settings) -> None:
    put_ours_below(settings)
    assert settings["SCHEDULER"] == "crawler.downloader.scheduler.HostFrontier"
    assert settings["COOKIES_ENABLED"] is False
    assert settings["DOWNLOADER_MIDDLEWARES"][GATE] == 60
    assert load_object(settings["SPIDER_LOADER_CLASS"])
    settings.set("COOKIES_ENABLED", True, priority="project")  # a later word counts, too
    assert settings["COOKIES_ENABLED"] is True


def test_a_spiders_own_components_are_added_to_ours() -> None:
    class Own(FeedsSpider):
        name = "own"
        custom_settings = {"DOWNLOADER_MIDDLEWARES": {"own.Middleware": 5}}  # noqa: RUF012 - as people write it

    settings = Settings()
    Own.update_settings(settings)
    assert settings["DOWNLOADER_MIDDLEWARES"]["own.Middleware"] == 5
    assert settings["DOWNLOADER_MIDDLEWARES"][GATE] == 60


def test_before_there_is_a_spider_only_their_loader_is_set(settings: Settings) -> None:
    before = dict(settings)
    Addon.update_pre_crawler_settings(settings)
    changed = {name for name in settings if settings[name] != before.get(name)}
    assert changed == {"SPIDER_LOADER_CLASS"}


def test_what_was_set_on_purpose_is_told_from_defaults(settings: Settings) -> None:
    put_ours_below(settings)
    settings.set("CRAWLER_FILL_IN", "all", priority="cmdline")
    wanted = set_by_the_project(settings, ["DOWNLOAD_DELAY", "USER_AGENT"])
    assert wanted == {"DOWNLOAD_DELAY": 7, "CRAWLER_FILL_IN": "all"}
