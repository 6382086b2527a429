"""Sizes and copies of images through whole runs and the real downloader."""

from __future__ import annotations

import subprocess
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from PIL import Image

from tests.images.pictures import SVG, bomb, late_jpeg, picture
from tests.web.command import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.command import Outcome
    from tests.web.local_web import LocalWeb
    from tests.web.server import Handler

PAGE = "http://news.example/bridge"
IMAGE = "http://images.example/bridge.png"
SIZES = ("-s", "CRAWLER_IMAGE_SIZES=yes")
COPIES = ("-s", "CRAWLER_IMAGES=download")


@pytest.fixture
def page(
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> Path:
    """An item about a page with one image, whose size the page does not give."""
    web.page(PAGE, article_html(image=IMAGE))
    return write_item(items, "a", original_url=PAGE)


def image_of(output: Path, name: str = "a") -> dict[str, Any]:
    text = (output / "items" / f"{name}.md").read_text()
    source = yaml.safe_load(text.split("---\n")[1])["enrichment"]["source"]
    assert source["state"] == "ok"
    (image,) = source["images"]
    return image  # type: ignore[no-any-return]


def serve(web: LocalWeb, data: bytes, kind: str = "image/png") -> None:
    web.page(IMAGE, data, headers={"Content-Type": kind})


def serve_ranges(web: LocalWeb, data: bytes) -> None:
    def answer(handler: Handler) -> None:
        first, last = handler.headers["Range"].removeprefix("bytes=").split("-")
        part = data[int(first) : int(last) + 1]
        headers = {"Content-Range": f"bytes {first}-{len(part) - 1}/{len(data)}"}
        handler.send(206, {"Content-Type": "image/jpeg", **headers}, part)

    web.raw(IMAGE, answer)


def stored(output: Path) -> list[str]:
    files = (output / "images").rglob("*")
    return sorted(path.relative_to(output).as_posix() for path in files if path.is_file())


@pytest.mark.usefixtures("page")
def test_images_are_left_alone_unless_they_are_asked_for(
    crawl: Callable[..., Outcome], web: LocalWeb, output: Path
) -> None:
    serve(web, picture())
    assert crawl().code == 0
    assert image_of(output) == {"url": IMAGE}
    assert web.count(IMAGE) == 0


@pytest.mark.usefixtures("page")
def test_a_size_is_read_off_the_first_bytes_and_asked_for_once(
    crawl: Callable[..., Outcome], web: LocalWeb, output: Path
) -> None:
    serve_ranges(web, picture("PNG", 800, 600))
    assert crawl(*SIZES).code == 0
    assert image_of(output) == {"url": IMAGE, "width": 800, "height": 600}
    (request,) = [request for request in web.requests if request.url == IMAGE]
    assert request.headers["Range"] == "bytes=0-32767"
    assert web.count("http://images.example/robots.txt") == 1
    assert crawl(*SIZES).json["files"]["written"] == 0
    assert crawl().json["files"]["written"] == 0  # what is known stays
    assert web.count(IMAGE) == 1
    assert stored(output) == []


@pytest.mark.usefixtures("page")
def test_a_size_that_comes_late_is_read_off_more_bytes(
    crawl: Callable[..., Outcome], web: LocalWeb, output: Path
) -> None:
    serve_ranges(web, late_jpeg(800, 600))
    crawl(*SIZES)
    assert image_of(output) == {"url": IMAGE, "width": 800, "height": 600}
    asked = [request.headers["Range"] for request in web.requests if request.url == IMAGE]
    assert asked == ["bytes=0-32767", "bytes=0-262143"]


@pytest.mark.usefixtures("page")
def test_a_server_that_knows_no_ranges_is_not_read_to_the_end(
    crawl: Callable[..., Outcome], web: LocalWeb, output: Path
) -> None:
    data = picture("PNG", 800, 600) + bytes(6_000_000)  # above DOWNLOAD_MAXSIZE
    serve(web, data)
    outcome = crawl(*SIZES, "-s", "STATS_DUMP=True", "--verbose")
    assert image_of(output) == {"url": IMAGE, "width": 800, "height": 600}
    (line,) = [line for line in outcome.stderr.splitlines() if "downloader/response_bytes" in line]
    assert int("".join(filter(str.isdigit, line.split(":")[-1]))) < 1_500_000


BAD = {
    "html": b"<!DOCTYPE html><p>No image.</p>",
    "not-found": None,
    "empty": b"",
    "private": None,
    "endless": None,
    "forbidden": None,
    "cut": picture()[:20],
    "robots": picture(),
}


@pytest.mark.parametrize("words", [SIZES, COPIES], ids=["sizes", "copies"])
def test_no_image_fails_its_source_or_is_asked_for_by_every_run(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
    words: tuple[str, ...],
) -> None:
    urls = {name: f"http://{name}.example/i.png" for name in BAD}
    for name, url in urls.items():
        web.page(f"{PAGE}/{name}", article_html(image=url))
        write_item(items, name, original_url=f"{PAGE}/{name}")
        data = BAD[name]
        if data is not None:
            web.page(url, data, headers={"Content-Type": "image/png"})
    web.redirect(urls["private"], "http://10.0.0.1/secret.png")
    web.redirect(urls["endless"], urls["endless"])
    web.page(urls["forbidden"], picture(), status=403)
    web.page("http://robots.example/robots.txt", "User-agent: *\nDisallow: /")
    assert crawl(*words).code == 0
    for name, url in urls.items():
        assert image_of(output, name) == {"url": url}
    assert stored(output) == []
    assert not any("10.0.0.1" in request.url for request in web.requests)
    assert web.count(urls["robots"]) == 0
    web.forget()
    assert crawl(*words).code == 0
    assert [request.url for request in web.requests] == []


@pytest.mark.usefixtures("page")
def test_a_copy_is_kept_under_the_name_of_what_is_in_it_with_a_thumbnail(
    crawl: Callable[..., Outcome], web: LocalWeb, output: Path
) -> None:
    data = picture("PNG", 800, 600)
    serve(web, data, kind="text/html")  # the bytes say what it is
    assert crawl(*COPIES).code == 0
    digest = sha256(data).hexdigest()[:40]
    name = f"images/{digest[:2]}/{digest}"
    assert image_of(output) == {
        "url": IMAGE,
        "width": 800,
        "height": 600,
        "isCached": True,
        "path": f"{name}.png",
        "thumbnail": {"path": f"{name}-400.jpg", "width": 400, "height": 300},
    }
    assert stored(output) == [f"{name}-400.jpg", f"{name}.png"]
    assert (output / f"{name}.png").read_bytes() == data
    with Image.open(output / f"{name}-400.jpg") as small:
        assert small.size == (400, 300)
    assert crawl(*COPIES).json["files"]["written"] == 0
    assert web.count(IMAGE) == 1

    (output / f"{name}.png").unlink()  # what is gone is asked for again
    crawl(*COPIES)
    assert web.count(IMAGE) == 2
    assert len(stored(output)) == 2


def test_what_is_not_safe_is_not_kept_but_its_size_is_told(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    unsafe = {
        "bomb": (bomb(), {"width": 50_000, "height": 50_000}),
        "truncated": (picture()[:50_000], {"width": 640, "height": 480}),
        "svg": (SVG, {"width": 300, "height": 200}),
        "large": (picture("PNG", 640, 480) + bytes(4_000_000), {}),
    }
    for name, (data, _) in unsafe.items():
        url = f"http://{name}.example/i.png"
        web.page(f"{PAGE}/{name}", article_html(image=url))
        write_item(items, name, original_url=f"{PAGE}/{name}")
        web.page(url, data, headers={"Content-Type": "image/png"})
    assert crawl(*COPIES, "-s", "CRAWLER_IMAGE_MAXSIZE=4000000").code == 0
    for name, (_, size) in unsafe.items():
        assert image_of(output, name) == {"url": f"http://{name}.example/i.png", **size}
    assert stored(output) == []


def test_images_that_fail_do_not_have_the_pages_of_their_host_left_alone(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    for number in range(6):
        image = f"http://news.example/{number}.png"
        web.page(f"http://news.example/{number}", article_html(image=image))
        web.page(image, status=403)
        write_item(items, f"i{number}", original_url=f"http://news.example/{number}")
    strikes = ("-s", "CRAWLER_HOST_STRIKES=2")
    assert crawl(*SIZES, *strikes).code == 0
    images = [request.url for request in web.requests if request.url.endswith(".png")]
    assert len(images) == 3  # the host's other images are left to a later run
    web.page("http://news.example/new", article_html())
    write_item(items, "new", original_url="http://news.example/new")
    outcome = crawl(*SIZES, *strikes)
    assert outcome.json["sources"]["held"] == {"ok": 7}
    images = [request.url for request in web.requests if request.url.endswith(".png")]
    assert sorted(images) == [f"http://news.example/{number}.png" for number in range(6)]


def test_one_image_of_two_articles_is_asked_for_once(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    serve(web, picture("PNG", 800, 600))
    for name in ("a", "b"):
        web.page(f"http://news.example/{name}", article_html(image=IMAGE))
        write_item(items, name, original_url=f"http://news.example/{name}")
    crawl(*SIZES)
    assert web.count(IMAGE) == 1
    for name in ("a", "b"):
        assert "width: 800" in (output / "items" / f"{name}.md").read_text()


def test_what_another_article_had_asked_of_an_image_changes_nothing_later(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    serve(web, picture("PNG", 800, 600))
    page = article_html(image=IMAGE)
    size = "".join(
        f'<meta property="og:image:{side}" content="{pixels}">'
        for side, pixels in (("width", 700), ("height", 500))
    )
    web.page("http://news.example/a", page.replace("</head>", f"{size}</head>"))
    web.page("http://news.example/b", page)
    for name in ("a", "b"):
        write_item(items, name, original_url=f"http://news.example/{name}")
    crawl(*SIZES)
    assert [image_of(output, name)["width"] for name in ("a", "b")] == [700, 800]
    assert crawl(*SIZES).json["files"]["written"] == 0
    assert image_of(output)["width"] == 700


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("CRAWLER_IMAGES=yes", "CRAWLER_IMAGES: 'yes' is not one of '', 'download'"),
        ("CRAWLER_IMAGE_SIZES=perhaps", "CRAWLER_IMAGE_SIZES: 'perhaps' is neither yes nor no"),
        ("CRAWLER_IMAGE_PIXELS=0", "CRAWLER_IMAGE_PIXELS: '0' is not a whole number from 1 on"),
    ],
)
def test_a_setting_that_makes_no_sense_ends_the_run(
    crawl: Callable[..., Outcome], page: Path, web: LocalWeb, setting: str, told: str
) -> None:
    assert page.is_file()
    outcome = crawl("-s", setting)
    assert outcome.code == 2
    assert told in outcome.stderr
    assert web.requests == []


def test_a_run_that_is_killed_among_the_images_is_completed_by_the_next_one(
    crawl: Callable[..., Outcome],
    web: LocalWeb,
    items: Path,
    output: Path,
    article_html: Callable[..., str],
    write_item: Callable[..., Path],
) -> None:
    images = {name: f"http://{name}.example/i.png" for name in ("quick", "slow")}
    for name, url in images.items():
        web.page(f"{PAGE}/{name}", article_html(image=url))
        write_item(items, name, original_url=f"{PAGE}/{name}")
    data = picture("PNG", 800, 600)
    web.page(images["quick"], data)
    web.page(images["slow"], data, delay=60)
    words = arguments("run", items, "-o", output, "--json", *SIZES)
    with subprocess.Popen(words, env=environment(web), stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        enriched = output / "items" / "quick.md"
        while not (web.count(images["slow"]) and "width: 800" in enriched.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.kill()
    web.page(images["slow"], data)
    web.forget()
    assert crawl(*SIZES).code == 0
    assert [request.url for request in web.requests if "robots" not in request.url] == [
        images["slow"]
    ]
    for name, url in images.items():
        assert image_of(output, name) == {"url": url, "width": 800, "height": 600}
