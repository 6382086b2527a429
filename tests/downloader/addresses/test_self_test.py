from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.web.item_files import write_item

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.downloader.addresses.conftest import Attack, Bait
    from tests.web.local_web import LocalWeb

SCRAPYS_OWN = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
ONLY_LITERALS = "tests.downloader.addresses.loose_handlers.OnlyLiterals"
CONNECTS_FIRST = "tests.downloader.addresses.loose_handlers.ConnectsFirst"


def handlers(**changed: str) -> str:
    return json.dumps({"data": None, "file": None, "ftp": None, "s3": None, **changed})


def with_handlers(attack: Attack, bait: Bait, **changed: str) -> subprocess.CompletedProcess[str]:
    """Crawl one item with other download handlers."""
    ours = "crawler.downloader.stop.StoppableDownloadHandler"
    attack.settings["DOWNLOAD_HANDLERS"] = handlers(**{"http": ours, "https": ours, **changed})
    write_item(attack.folder / "items", "a", original_url=f"http://127.0.0.1:{bait.port}/")
    return attack.run()


def test_a_handler_that_knows_no_guard_ends_the_run_before_it_begins(
    attack: Attack, bait: Bait
) -> None:
    attack.settings["CRAWLER_ALLOWED_NETWORKS"] = "127.0.0.0/8"  # which counts for nothing here
    done = with_handlers(attack, bait, https=SCRAPYS_OWN)
    assert done.returncode == 2
    assert f"the https download handler {SCRAPYS_OWN} goes past the guard" in done.stderr
    assert bait.connections() == 0
    assert not (attack.folder / "output" / "items").exists()


def test_so_does_one_that_looks_at_urls_only(attack: Attack, bait: Bait) -> None:
    done = with_handlers(attack, bait, http=ONLY_LITERALS)
    assert done.returncode == 2
    assert f"the http download handler {ONLY_LITERALS} goes past the guard" in done.stderr
    assert bait.connections() == 0


def test_so_does_one_that_refuses_once_it_has_connected(attack: Attack, bait: Bait) -> None:
    done = with_handlers(attack, bait, http=CONNECTS_FIRST)
    assert done.returncode == 2
    assert f"the http download handler {CONNECTS_FIRST} goes past the guard" in done.stderr


def test_another_resolver_ends_the_run(attack: Attack, bait: Bait) -> None:
    attack.settings["TWISTED_DNS_RESOLVER"] = "scrapy.resolver.CachingHostnameResolver"
    done = with_handlers(attack, bait)
    assert done.returncode == 2
    assert "CachingHostnameResolver looks host names up, and not GuardedResolver" in done.stderr
    assert bait.connections() == 0


def test_who_allows_everything_may_use_any_handler(
    attack: Attack, web: LocalWeb, article_html: Callable[..., str]
) -> None:
    attack.settings["CRAWLER_ALLOWED_NETWORKS"] = "0.0.0.0/0 ::/0"
    attack.settings["DOWNLOAD_HANDLERS"] = handlers(http=SCRAPYS_OWN, https=SCRAPYS_OWN)
    web.page("/a", article_html())
    assert attack.crawl([web.url("/a")])[web.url("/a")]["state"] == "ok"


def test_several_crawls_in_one_process_are_tested_each(attack: Attack) -> None:
    done = attack.python("tests.downloader.addresses.two_crawls")
    assert done.stdout.split() == ["finished", "finished", "blocked", "blocked"], done.stderr
