"""One page in, one article out: decode, parse once, metadata, body, Markdown."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from w3lib.encoding import http_content_type_encoding

from crawler.extraction.article import Article, content_hash, count_words, reading_minutes
from crawler.extraction.body.article_body import extract_body
from crawler.extraction.body.chosen_body import chosen_body, data_body
from crawler.extraction.by_rule import chosen_elements, fields_by_rule, without_removed
from crawler.extraction.classify.classify import classify
from crawler.extraction.classify.page import Page
from crawler.extraction.markdown.inline import keep_captions
from crawler.extraction.markdown.render import to_markdown
from crawler.extraction.metadata.field_text import JSON_LD, RULE
from crawler.extraction.metadata.language import settled_language
from crawler.extraction.metadata.markup import read_markup
from crawler.extraction.metadata.opt_outs import markup_opt_outs, with_opt_outs
from crawler.extraction.metadata.page_links import next_page_url
from crawler.extraction.metadata.read import Metadata, read_metadata
from crawler.extraction.parse import (
    bound_page,
    decode_page,
    drop_giant_values,
    first_bytes,
    flattened,
    is_too_deep,
    only_text,
    parse_page,
)
from crawler.rules import Rule

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.extraction.job import ExtractionJob

# Fewer words than this are a caption or a notice, not an article.
MIN_WORDS: Final = 10


def extract_article(
    html: bytes | str,
    url: str,
    *,
    charset: str | None = None,
    wants_body: bool = True,
    agent: str = "",
    asked: str = "",
    first: str = "",
    rule: Rule | None = None,
) -> Article:
    """Extract the article of a page.

    Args:
        html: the page; bytes are decoded as browsers do.
        url: the page's absolute URL, which relative links are resolved against.
        charset: the charset that HTTP declared.
        wants_body: False to read only the metadata, which is faster.
        agent: a product token; opt-outs for it are read as well as those for every crawler.
        asked: the URL that was requested, where redirects led to another one.
        first: the URL of the article's first page, where this is a further one.
        rule: which parts of it hold what; where it finds nothing, it is as if there were none.

    Of a page that is larger than any article (`crawler.extraction.parse`) the beginning is
    read, and `Article.cut` says so.
    """
    page = bound_page(
        only_text(html) if isinstance(html, str) else decode_page(first_bytes(html), charset)
    )
    tree = parse_page(page.html)
    if tree is not None and is_too_deep(tree):
        page = flattened(page)
        tree = parse_page(page.html)
    if tree is None:
        return Article(cut=page.cut)
    drop_giant_values(tree, page.html)
    page = page if rule is None else without_removed(tree, page, rule)
    markup = read_markup(tree, url)
    metadata = read_metadata(tree, url, markup)
    known = Article(**_as_fields(metadata), cut=page.cut)
    known = with_opt_outs(known, markup_opt_outs(markup, agent))
    known = known if rule is None else fields_by_rule(known, tree, rule, markup.base)
    look = classify(Page(tree, page.html, markup, known, url, asked or url))
    known = look.on(known)
    next_page = (
        next_page_url(tree, markup, known.canonical_url, first=first) if wants_body else None
    )
    keep_captions(tree)
    markdown = _markdown_by_rule(tree, rule, markup.base) if wants_body and rule else ""
    if markdown:
        known = replace(known, origins=dict(known.origins) | {"markdown": RULE})
    elif wants_body and rule and rule.body:
        known = replace(known, rule_misses=("body", *known.rule_misses))
    body = None
    if wants_body and not markdown:
        body = extract_body(tree, page)  # consumes the tree
        markdown = "" if body is None else to_markdown(body.element, markup.base)
    words = count_words(markdown)
    if wants_body and words < MIN_WORDS and (data := data_body(markup.scripts)) is not None:
        markdown = to_markdown(data, markup.base)
        words = count_words(markdown)
        known = replace(known, origins=dict(known.origins) | {"markdown": JSON_LD})
    has_text = words >= MIN_WORDS
    about = f"{known.title or ''}. {known.description or ''}"
    known = _with_language(known, metadata, markdown if has_text else about)
    known = replace(known, cut=known.cut or ("" if body is None else body.cut))
    if not has_text:
        return known
    return replace(
        known,
        markdown=markdown,
        word_count=words,
        reading_minutes=reading_minutes(markdown, words),
        content_hash=content_hash(markdown),
        next_page=next_page,
        kind=look.kind_with(words, markdown),
    )


def chosen_markdown(job: ExtractionJob, css: tuple[str, ...]) -> str:
    """Return all that the first selector with a text finds on a page, as Markdown.

    Raises:
        BadSelectorError: one is no CSS selector.
    """
    charset = http_content_type_encoding(job.content_type) if job.content_type else None
    page = bound_page(decode_page(first_bytes(job.html), charset))
    tree = parse_page(page.html)
    if tree is None:
        return ""
    drop_giant_values(tree, page.html)
    keep_captions(tree)
    rule = Rule(place="", domain="", body=css)
    return _markdown_by_rule(tree, rule, read_markup(tree, job.url).base, least=1)


def _markdown_by_rule(tree: HtmlElement, rule: Rule, base: str, *, least: int = MIN_WORDS) -> str:
    """The text of what a rule names as the body; "" where it has fewer than `least` words."""
    elements = chosen_elements(tree, rule)
    markdown = to_markdown(chosen_body(tree, elements), base) if elements else ""
    return markdown if count_words(markdown) >= least else ""


def _with_language(article: Article, metadata: Metadata, text: str) -> Article:
    language = settled_language(metadata.languages, text)
    if language.origin is None:
        return article
    origins = dict(article.origins) | {"language": language.origin}
    return replace(article, language=language.value, origins=origins)


def _as_fields(metadata: Metadata) -> dict[str, Any]:
    names = (field.name for field in fields(metadata) if field.name != "languages")
    values = {name: getattr(metadata, name) for name in names}
    return values | {"origins": dict(metadata.origins)}  # a plain one can cross to our process
