from __future__ import annotations

import re
from hashlib import sha256
from pathlib import PurePosixPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.output.layout import (
    item_output_path,
    new_item_stem,
    safe_segment,
    slug_of_url,
    source_output_path,
)

_SAFE = re.compile(r"[a-z0-9-]{1,100}")
_names = st.text(st.characters() | st.sampled_from("aA-.é/\\\x00"), max_size=150)
_file_names = st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=60)


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


@pytest.mark.parametrize("name", ["a", "2020-09-04-news-item", "a--b", "a-", "com10", "x" * 100])
def test_a_safe_name_stays(name: str) -> None:
    assert safe_segment(name) == name


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("A", "a"),
        ("Été à Paris", "ete-a-paris"),
        ("a.b", "a-b"),
        ("-a-", "a"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("日本", "unnamed"),
        ("con", "con"),
        ("nul", "nul"),
        ("com1", "com1"),
        ("COM¹", "com1"),
        ("ﬁle", "file"),
        ("a\ud800", "a"),
        ("x" * 101, "x" * 91),
    ],
)
def test_every_other_name_is_folded_and_marked(name: str, stem: str) -> None:
    assert safe_segment(name) == f"{stem}-{digest(name)}"


@given(_names)
def test_a_segment_is_safe(name: str) -> None:
    segment = safe_segment(name)
    assert _SAFE.fullmatch(segment)
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", segment)
    assert not segment.startswith("-")


@given(_names, _names)
def test_two_names_share_no_segment_unless_one_is_the_result_for_the_other(
    one: str, other: str
) -> None:
    assume(one != other)
    assume(one != safe_segment(other))
    assume(other != safe_segment(one))
    assert safe_segment(one) != safe_segment(other)


@pytest.mark.parametrize(
    ("relative", "path"),
    [
        ("item.md", "item.md"),
        ("2020/09/item.markdown", "2020/09/item.markdown"),
        ("News/item.md", f"news-{digest('News')}/item.md"),
        ("../item.md", f"unnamed-{digest('..')}/item.md"),
        ("/etc/item.md", f"unnamed-{digest('/')}/etc/item.md"),
        ("item.MD", f"item-md-{digest('item/.MD')}.md"),
        (".md", f"unnamed-{digest('')}.md"),
        ("con.md", f"con-{digest('con')}.md"),
        ("a.b.md", f"a-b-{digest('a.b')}.md"),
    ],
)
def test_the_output_path_of_an_item(relative: str, path: str) -> None:
    assert item_output_path(PurePosixPath(relative)) == PurePosixPath(path)


@pytest.mark.parametrize("relative", ["item.txt", "item", "md", "a/..", "item.md/x.html"])
def test_what_is_no_markdown_file_has_no_output_path(relative: str) -> None:
    with pytest.raises(ValueError, match="not a Markdown file"):
        item_output_path(PurePosixPath(relative))


@given(st.lists(_file_names, max_size=3), _file_names, st.sampled_from([".md", ".MD", ".Markdown"]))
def test_an_output_path_stays_below_its_root(folders: list[str], stem: str, end: str) -> None:
    path = item_output_path(PurePosixPath(*folders, stem + end))
    assert not path.is_absolute()
    assert all(_SAFE.fullmatch(part) for part in path.parts[:-1])
    assert re.fullmatch(r"[a-z0-9-]{1,100}\.(md|markdown)", path.name)


@given(_file_names, _file_names)
def test_two_items_never_share_an_output_path(one: str, other: str) -> None:
    ends = (".md", ".MD", ".markdown", ".MarkDown")
    names = {name + end for name in (one, other) for end in ends}
    assert len({item_output_path(PurePosixPath(name)) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://example.com/2020/09/04/big-news-today.html", "big-news-today"),
        ("https://example.com/news/technology/world-54321/", "world-54321"),
        ("https://example.com/a-b/article650665.ece", "a-b"),
        ("https://example.com/Story/12345678", "story"),
        ("https://example.com/caf%C3%A9-%C3%A0-paris?x=1", "cafe-a-paris"),
        ("https://www.example.com/", "www-example-com"),
        ("https://www.example.com/12345", "www-example-com"),
        ("https://example.com/%E6%97%A5%E6%9C%AC", "example-com"),
        ("https://example.com/" + "long-" * 50, ("long-" * 50)[:91].rstrip("-")),
        ("https://example.com/..%2f..%2fetc%2fpass-wd", "etc-pass-wd"),
        ("", "page"),
    ],
)
def test_the_slug_of_a_url(url: str, slug: str) -> None:
    assert slug_of_url(url) == slug


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://news.bbc.co.uk/a-b", "bbc.co.uk"),
        ("https://münchen.de/a-b", "xn--mnchen-3ya.de"),
        ("http://localhost:8000/a-b", "localhost"),
        ("http://127.0.0.1/a-b", "127.0.0.1"),
        ("http://[::1]/a-b", f"1-{digest('::1')}"),
        ("https://aux.com/a-b", f"aux-com-{digest('aux.com')}"),
        ("https://con/a-b", f"con-{digest('con')}"),
    ],
)
def test_the_output_path_of_a_source(url: str, folder: str) -> None:
    expected = PurePosixPath(folder, f"a-b-{digest('the key')}.md")
    assert source_output_path(url, "the key") == expected


@given(st.text(), st.text())
def test_a_source_path_is_two_safe_names(rest: str, key: str) -> None:
    path = source_output_path(f"https://{rest}", key)
    folder, name = path.parts
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", folder)
    assert len(folder) <= 100
    assert re.fullmatch(rf"[a-z0-9-]{{1,91}}-{digest(key)}\.md", name)


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Brücke: «bleibt»!", "2024-05-14-brucke-bleibt"),
        ("word " * 40, "2024-05-14-" + "word-" * 15 + "word"),
        ("x" * 200, "2024-05-14-" + "x" * 80),
        ("a " + "x" * 200, "2024-05-14-a"),
        ("CON", "2024-05-14-con"),
        ("..", "2024-05-14-old-bridge"),
        ("日本 2024", "2024-05-14-old-bridge"),
        (None, "2024-05-14-old-bridge"),
    ],
)
def test_a_new_item_is_called_by_its_day_and_whole_words(title: str | None, stem: str) -> None:
    assert new_item_stem("2024-05-14", title, "https://a.example/old-bridge.html") == stem


def test_the_name_of_a_new_item_of_a_long_url_has_whole_words_too() -> None:
    stem = new_item_stem("2024-05-14", None, "https://a.example/" + "word-" * 30)
    assert stem == "2024-05-14-" + "word-" * 15 + "word"


@given(st.text(), _names)
def test_the_name_of_a_new_item_is_safe_and_never_empty(title: str, path: str) -> None:
    stem = new_item_stem("2024-05-14", title, f"https://a.example/{path}")
    assert _SAFE.fullmatch(stem)
    assert len(stem) > len("2024-05-14-")
