"""Takes away, after extraction, what stands around an article but is not part of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.extraction.body.blocks import block_text, linked_share
from crawler.extraction.body.captions import drop_captions, drop_labels
from crawler.extraction.body.phrases import NOTICE, RELATED_LABEL
from crawler.extraction.body.related import drop_related
from crawler.extraction.body.title_blocks import drop_title

if TYPE_CHECKING:
    from lxml.etree import _Element

    from crawler.extraction.body.title_blocks import Titles

# Notices under an article are short; a longer block that names a newsletter is about one.
_NOTICE_CHARACTERS: Final = 300
_LINKED_SHARE: Final = 0.7


def trim_body(body: _Element, titles: Titles) -> None:
    """Remove the title, links to other articles, captions and notices from a body, in place.

    Args:
        body: trafilatura's body element.
        titles: the page's titles and descriptions.
    """
    drop_title(body, titles)
    drop_related(body)
    drop_captions(body)
    drop_labels(body)
    _drop_trailing_notices(body)


def _drop_trailing_notices(body: _Element) -> None:
    images: list[_Element] = []
    for block in reversed(body):
        if block.tag == "graphic":
            images.append(block)
        elif _is_notice(block):
            # An image between notices belongs to them; one that ends the article stays.
            for element in (block, *images):
                body.remove(element)
            images.clear()
        else:
            return


def _is_notice(block: _Element) -> bool:
    if block.tag == "head" or linked_share(block) > _LINKED_SHARE:
        return True
    text = block_text(block)
    return (
        block.tag in ("p", "list")
        and len(text) <= _NOTICE_CHARACTERS
        and (
            not text or NOTICE.search(text) is not None or RELATED_LABEL.fullmatch(text) is not None
        )
    )
