"""Names and strangers' words in what rich prints."""

from __future__ import annotations

from rich import markup

from crawler.visible import visible


def escape(text: str, *, keep: str = "") -> str:
    """Return a text that rich prints as it is, and that does nothing to a terminal.

    Args:
        keep: controls that stay as they are, such as line breaks in the cells of a table.
    """
    return markup.escape(visible(text, keep=keep))
