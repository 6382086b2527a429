from __future__ import annotations

import pytest

from crawler.extraction.body.boilerplate import remove_boilerplate
from crawler.extraction.parse import parse_page


def furnished(markup: str) -> tuple[str, list[str | None]]:
    """The text and the image sources that are left of a page."""
    tree = parse_page(f"<body>before {markup} after</body>")
    assert tree is not None
    remove_boilerplate(tree)
    return " ".join(tree.text_content().split()), [image.get("src") for image in tree.iter("img")]


@pytest.mark.parametrize(
    ("markup", "images"),
    [
        ("<figure><img src=a><figcaption>words</figcaption></figure>", ["a"]),
        ("<figure>words<div><img src=a></div><div>words</div></figure>", ["a"]),
        ("<figure><figure><img src=a>words</figure><img src=b>words</figure>", ["a", "b"]),
        ("<figure><a href=x><picture><source srcset=c><img src=a></picture></a></figure>", ["a"]),
        ("<div class='photo-caption'>words</div>", []),
        ("<p id=caption1>words</p>", []),
        ("<a href=x><figure><img src=a></figure></a>", []),
        ("<a href=x><img src=a></a>", []),
        ("<img src=a width=1 height=1><img src=b width=1px height='0'>", []),
        ("<img src=a width=1 height=400><img src=b width=16 height=9><img src=c>", ["a", "b", "c"]),
        ("<img src=a data-src=b width=1 height=1><img src=c alt=d width=1 height=1>", ["a", "c"]),
        ("<p hidden>words</p>", []),
        ("<p class='error hide'>words</p>", []),
        ("<div aria-hidden=true>words</div>", []),
        ("<script>words</script><style>words</style><noscript>words</noscript>", []),
        ("<button>words</button><select><option>words</select>", []),
    ],
)
def test_furniture_goes_and_its_images_stay(markup: str, images: list[str]) -> None:
    assert furnished(markup) == ("before after", images)


@pytest.mark.parametrize(
    "markup",
    [
        "<figure><table><tr><td>words</td></tr></table>caption</figure>",
        "<figure><blockquote><p>words</p></blockquote></figure>",
        "<figure><pre>words</pre><figcaption>caption</figcaption></figure>",
        "<p class='hide-and-seek'>words</p>",
        "<h2 class=caption>words</h2>",
    ],
)
def test_content_stays(markup: str) -> None:
    assert furnished(markup)[0] == "before words after"


def test_only_short_text_counts_as_hidden() -> None:
    assert furnished(f"<div hidden><p>{'word ' * 101}</p></div>")[0].count("word") == 101


def test_a_quotation_is_not_judged_by_the_name_of_its_widget() -> None:
    tree = parse_page("<blockquote class=embed id=share-1><p>words</p></blockquote>")
    assert tree is not None
    remove_boilerplate(tree)
    assert [dict(quote.attrib) for quote in tree.iter("blockquote")] == [{}]
