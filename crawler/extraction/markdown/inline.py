"""Renders running text as Markdown that CommonMark, GFM and kramdown read alike."""

from __future__ import annotations

import re
import string
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final

from crawler.extraction.markdown.inline_runs import Run, Style
from crawler.inert import code_text, markdown_text

if TYPE_CHECKING:
    from collections.abc import Sequence

# CommonMark has a backslash for this, kramdown two; both have two spaces.
_HARD_BREAK: Final = "  \n"
_MARKS: Final = ((Style.EMPHASIS, "*"), (Style.STRONG, "**"), (Style.DELETED, "~~"))
# What an engine reads before it reads code, so that a span would end elsewhere: a pipe (kramdown's
# tables), a strikethrough's end (kramdown), and an e-mail address (Hugo's links, which take the
# backtick and the word before it for a part of the name).
_NOT_IN_CODE_SPANS: Final = re.compile(r"[`|]|~~|@[\w-]+\.")


def render_paragraphs(lines: Sequence[Sequence[Run]]) -> list[str]:
    """Render lines as paragraphs: one break is a hard break, an empty line ends a paragraph."""
    paragraphs: list[str] = []
    for has_text, group in groupby((render_line(line) for line in lines), bool):
        if has_text:
            paragraphs.append(_HARD_BREAK.join(group))
    return paragraphs


def render_one_line(lines: Sequence[Sequence[Run]]) -> str:
    """Render lines for a place that can hold but one: a heading or a table cell."""
    return " ".join(filter(None, (render_line(line) for line in lines)))


def render_line(line: Sequence[Run]) -> str:
    """Render the runs of one line."""
    parts: list[str] = []
    position = 0
    for link, group in groupby(line, lambda run: run.link if run.image is None else None):
        runs = list(group)
        end = position + len(runs)
        following = line[end].text[:1] or "!" if end < len(line) else ""
        if link is None:
            parts.extend(_render_runs(runs, _last_character(parts), following))
        else:
            parts.extend(_render_link(runs, link))
        position = end
    return "".join(parts)


def _last_character(parts: Sequence[str]) -> str:
    return parts[-1][-1:] if parts else ""


def _render_link(runs: list[Run], link: str) -> list[str]:
    before = [" "] if runs[0].text == " " else []
    after = [" "] if runs[-1].text == " " and len(runs) > 1 else []
    inner = runs[len(before) : len(runs) - len(after)]
    if not inner:
        return before
    text = "".join(_render_runs(inner, "[", "]"))
    # Hugo takes "[x]" at the start of a list's item for a box that is ticked, links to X with it.
    text = f"&#{ord(text)};" if text in {"x", "X"} else text
    return [*before, f"[{text}]({link})", *after]


def _render_runs(runs: Sequence[Run], preceding: str, following: str) -> list[str]:
    parts: list[str] = []
    for index, run in enumerate(runs):
        before = _last_character(parts) or preceding
        is_last = index + 1 == len(runs)
        after = following if is_last else (runs[index + 1].text[:1] or "!")
        parts.append(run.image if run.image is not None else _render_run(run, before, after))
    return parts


def _render_run(run: Run, before: str, after: str) -> str:
    if run.text == " ":
        return run.text
    marks = [mark for style, mark in _MARKS if style in run.style]
    if Style.CODE in run.style and not _NOT_IN_CODE_SPANS.search(run.text):
        text = f"`{code_text(run.text)}`"
        is_word_at_start = is_word_at_end = False
    else:
        text = markdown_text(run.text)
        is_word_at_start, is_word_at_end = run.text[0].isalnum(), run.text[-1].isalnum()
    # Delimiters count only between a word and what is not one (CommonMark 6.2, "flanking");
    # where they would not, the text goes without.
    opens = before not in ("*", "~") and (is_word_at_start or _is_boundary(before))
    closes = is_word_at_end or _is_boundary(after)
    if marks and opens and closes:
        return "".join(reversed(marks)) + text + "".join(marks)
    return text


def _is_boundary(character: str) -> bool:
    """Whether this is white space, punctuation, or the start or end of the line ("")."""
    if not character or character.isspace() or character in string.punctuation:
        return True
    return unicodedata.category(character).startswith("P")
