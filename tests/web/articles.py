"""Article pages as news sites serve them, for tests to crawl."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARAGRAPHS = (
    (
        "The council of the small town voted on Tuesday evening to keep the old footbridge open, "
        "after a debate that lasted longer than the repair is expected to take."
    ),
    (
        "Engineers had reported in spring that two of its seven beams were rotten. The report "
        "named a price, and the price was lower than anyone in the room had feared."
    ),
    (
        "Work begins in the second week of September, and walkers will be led over the weir until "
        "then. The school has been asked to send its pupils by the upper path."
    ),
)


def article_html(
    title: str = "The old footbridge stays open",
    *,
    paragraphs: Sequence[str] = _PARAGRAPHS,
    authors: Sequence[str] = ("Ada Okafor",),
    published: str | None = "2024-05-14T08:30:00+02:00",
    modified: str | None = None,
    description: str | None = "The council votes to repair two beams of seven.",
    section: str | None = "Town",
    keywords: Sequence[str] = ("bridges", "council"),
    language: str = "en",
    site_name: str | None = "The Example Courier",
    image: str | None = None,
    canonical: str | None = None,
    amp: str | None = None,
    free_to_read: bool | None = None,
) -> str:
    """A whole page with navigation, article, teasers and footer.

    The metadata is in JSON-LD (schema.org NewsArticle) and, in part, in OpenGraph; what is None
    or empty is left out. `title` and `paragraphs` are text and are escaped.
    """
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "author": [{"@type": "Person", "name": name} for name in authors],
        "datePublished": published,
        "dateModified": modified,
        "description": description,
        "articleSection": section,
        "keywords": list(keywords),
        "inLanguage": language,
        "publisher": site_name and {"@type": "Organization", "name": site_name},
        "image": image,
        "mainEntityOfPage": canonical,
        "isAccessibleForFree": free_to_read,
    }
    known = {name: value for name, value in data.items() if value not in (None, [])}
    properties = {"og:type": "article", "og:title": title, "og:site_name": site_name}
    properties |= {"og:description": description, "og:image": image, "og:url": canonical}
    # A "<" in JSON-LD could end the script element; JSON may escape it.
    json_ld = json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")
    head = [
        f"<title>{escape(title)}</title>",
        *(_meta(name, content) for name, content in properties.items() if content),
        *([f'<link rel="canonical" href="{escape(canonical)}">'] if canonical else []),
        *([f'<link rel="amphtml" href="{escape(amp)}">'] if amp else []),
        f'<script type="application/ld+json">{json_ld}</script>',
    ]
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
{chr(10).join(head)}
</head>
<body>
<header><nav>
<a href="/">Home</a> <a href="/town/">Town</a> <a href="/sport/">Sport</a>
</nav></header>
<main><article>
<h1>{escape(title)}</h1>
{text}
</article></main>
<aside><h2>More stories</h2><ul><li><a href="/a">Market moves indoors</a></li></ul></aside>
<footer><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></footer>
</body>
</html>
"""


def _meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">'
