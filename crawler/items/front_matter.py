"""A text with front matter in its four parts, which put together are the text again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import frontmatter
from frontmatter.default_handlers import BaseHandler

from crawler.items.loading import load_mapping
from crawler.problem import ItemError, Problem

if TYPE_CHECKING:
    from frontmatter import Post

# Only LF and CRLF end a line: "^" of Python's re means "after LF", too.
_OPENING: Final = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSING: Final = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


class ItemPost(frontmatter.Post):
    """An item's text: opening fence line with a BOM before it, YAML, closing fence line, body.

    The body is `content`, as in every post.
    """

    def __init__(
        self, *, opening: str, yaml: str, closing: str, body: str, handler: ItemHandler
    ) -> None:
        super().__init__(body, handler)
        self.opening = opening
        self.yaml = yaml
        self.closing = closing

    @property
    def newline(self) -> Literal["\n", "\r\n"]:
        """The file's line ending: that of its first line."""
        return "\r\n" if self.opening.endswith("\r\n") else "\n"


class ItemHandler(BaseHandler):
    """python-frontmatter's way to read and write, with not one character lost.

    Args:
        file: the file's name in problems.
    """

    FM_BOUNDARY = _CLOSING
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def detect(self, text: str) -> bool:
        """Say whether the text begins with an opening fence."""
        return _OPENING.match(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Give the YAML text, with its last line ending, and the body.

        Raises:
            ItemError: a fence is missing.
        """
        if not self.detect(text):
            raise ItemError(Problem(self.file, 1, "the first line is not '---'"))
        start = _end_of_first_line(text)
        closing = _CLOSING.search(text, start)
        if closing is None:
            reason = "the front matter does not end: there is no second line '---'"
            raise ItemError(Problem(self.file, 1, reason))
        return text[start : closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[Any, Any]:
        """Load the YAML text; keys are whatever YAML makes of them.

        Raises:
            ItemError: it is not valid, out of bounds or not a mapping.
        """
        return load_mapping(fm, file=self.file)

    def format(self, post: Post, **kwargs: object) -> str:
        """Put a post's parts together; `metadata` is never dumped.

        Raises:
            TypeError: the post is not an `ItemPost`, or options are given.
        """
        if not isinstance(post, ItemPost) or kwargs:
            raise TypeError("an item's handler formats an ItemPost, without options")
        return f"{post.opening}{post.yaml}{post.closing}{post.content}"


def split_text(text: str, *, file: str) -> ItemPost:
    """Split a text into its four parts, without a look into the YAML.

    Raises:
        ItemError: a fence is missing.
    """
    handler = ItemHandler(file)
    yaml, body = handler.split(text)
    start = _end_of_first_line(text)
    return ItemPost(
        opening=text[:start],
        yaml=yaml,
        closing=text[start + len(yaml) : len(text) - len(body)],
        body=body,
        handler=handler,
    )


def join_text(post: ItemPost) -> str:
    """Write a post as text; the inverse of `split_text`."""
    return frontmatter.dumps(post)


def _end_of_first_line(text: str) -> int:
    return text.index("\n") + 1
