"""A page that says one text in every place where a page can say something."""

from __future__ import annotations

import json
from html import escape

BODY_PLACES = ("heading", "text", "item", "cell", "code", "pre", "quote", "link", "bold")
"""Each of these words stands on the page next to the text, in the place that it names."""

_FILLER = (
    "The council of the small town voted on Tuesday evening to keep the old footbridge open, "
    "after a debate that lasted longer than the repair is expected to take."
)


def hostile_page(text: str, *, is_markup: bool) -> str:
    """Return the page.

    Args:
        text: what it says.
        is_markup: whether `text` stands in the page as it is, and not escaped.
    """
    shown = text if is_markup else escape(text)
    value = escape(text)
    return f"""<!DOCTYPE html>
<html lang="{value}"><head><meta charset="utf-8">
<title>{shown}</title>
{_metas(value)}
<link rel="canonical" href="{value}"><link rel="amphtml" href="{value}">
<link rel="image_src" href="{value}">
<script type="application/ld+json">{_json_ld(text)}</script>
</head><body><main><article>
<h1>{shown}</h1>
<p class="author byline" rel="author">By {shown}</p>
<p>{_FILLER}</p>
<h2>heading {shown}</h2>
<p>{_FILLER}</p>
<h3>{shown}</h3>
<p>{shown}</p>
<p>{_FILLER} text {shown} {_FILLER}</p>
<p>{shown}<br>{shown}<br><br>{shown}</p>
<ul><li>item {shown}, of the small town and of its council</li><li>{shown}</li></ul>
<ol><li>{shown}</li><li>{_FILLER}</li></ol>
<table><tr><th>{shown}</th><th>b</th></tr><tr><td>cell {shown}</td><td>{shown}</td></tr></table>
<p>{_FILLER} <code>code {shown}</code> and <code>{shown}</code>.</p>
<pre>pre {shown}
{shown}</pre>
<pre><code>{shown}</code></pre>
<blockquote><p>quote {shown}</p><p>{shown}</p></blockquote>
<p>{_FILLER} <a href="{value}" title="{value}">link {shown}</a>,
<a href="https://good.example/{value}">{shown}</a> and <a href="?{value}">{shown}</a>.</p>
<p>{_FILLER} <b>bold {shown}</b><i>{shown}</i><del>{shown}</del>{shown}</p>
<p><img src="{value}" alt="{value}"><img src="/i.png?{value}" alt="alt {value}"></p>
<figure><img src="/j.png" srcset="{value} 2x" alt="{value}">
<figcaption>{shown}</figcaption></figure>
<p>{_FILLER}</p>
</article></main></body></html>
"""


def _metas(value: str) -> str:
    names = ("author", "description", "keywords", "news_keywords", "date", "twitter:title")
    names += ("twitter:image", "parsely-author", "parsely-section", "dc.title")
    # The site has another name than the author, or there would be no author.
    site_name = f'<meta property="og:site_name" content="{value} Courier">'
    properties = ("og:title", "og:description", "og:image", "og:image:alt")
    properties += ("og:url", "og:locale", "article:author", "article:section", "article:tag")
    properties += ("article:published_time", "article:modified_time", "article:content_tier")
    return "\n".join(
        [site_name]
        + [f'<meta name="{name}" content="{value}">' for name in names]
        + [f'<meta property="{name}" content="{value}">' for name in properties]
    )


def _json_ld(text: str) -> str:
    person = {"@type": "Person", "name": text, "url": text}
    image = {"@type": "ImageObject", "url": text, "caption": text, "width": text, "height": 630}
    good_image = image | {"url": f"https://good.example/{text}"}
    video = {"@type": "VideoObject", "name": text, "description": text, "duration": text}
    video |= {"contentUrl": text, "embedUrl": f"https://good.example/{text}", "thumbnailUrl": text}
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text,
        "name": text,
        "description": text,
        "articleSection": text,
        "keywords": [f"{text} topic", f"{text}, {text}"],  # its author is no topic of a page
        "author": [person, text],
        "publisher": {"@type": "Organization", "name": f"{text} Courier", "logo": image},
        "image": [good_image, image, text],
        "video": [video, {"@type": "AudioObject", "name": text}],
        "mainEntityOfPage": text,
        "url": text,
        "inLanguage": text,
        "datePublished": text,
        "dateModified": text,
        "articleBody": text,
        "isAccessibleForFree": text,
    }
    return json.dumps(data).replace("<", "\\u003c")
