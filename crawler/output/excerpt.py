"""The beginning of an article as a plain text."""

from __future__ import annotations

import re
from typing import Final

from crawler.inert import plain_text
from crawler.topics.folding import text_of_markdown

EXCERPT_LIMIT: Final = 300  # characters
_NO_PROSE: Final = re.compile(r"(?:#{1,6} |> |- |\d+\. |\||~~~|!\[)")
# With the marks of Chinese and Japanese, of Hindi and of Arabic.
_SENTENCE_END: Final = re.compile(
    r"(?:[.!?\u2026\u061f\u06d4][\"'\u201d\u2019\u00bb)]*(?=\s|\Z)"
    r"|[\u3002\uff01\uff1f\u0964][\u300d\u300f\u201d]?)"
)


def first_sentences(markdown: str, limit: int = EXCERPT_LIMIT) -> str | None:
    """Return the first sentences of a body that fit in `limit` characters; None without prose.

    Headings, lists, quotes, tables, code and images are passed over. A first sentence that is
    too long is cut between two words and ends with an ellipsis.
    """
    paragraphs = (part for part in markdown.split("\n\n") if not _NO_PROSE.match(part))
    text = ""
    for paragraph in paragraphs:
        text = f"{text} {plain_text(text_of_markdown(paragraph), limit=10 * limit)}".strip()
        if len(text) > limit:
            break
    if len(text) <= limit:
        return text or None
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= limit]
    if ends:
        return text[: ends[-1]]
    head = text[: limit - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:") + "\u2026"
