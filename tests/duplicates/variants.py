"""What becomes of an article on its way from one site to another."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_BEFORE: Final = (
    "**From our partner network** | Reading time: 4 minutes | Listen to this article",
    (
        "This story first appeared elsewhere and is published here with permission. Views are the "
        "author's own. Sign in to save it to your reading list."
    ),
)
_AFTER: Final = (
    (
        "Do you like what you have read? Every morning at six our editors send out five stories "
        "of the day. [Sign up for the letter](https://mirror.example/letter), it costs nothing and "
        "you can leave at any time."
    ),
    (
        "- [Ten walks for the end of the season](https://mirror.example/walks)\n"
        "- [Why the price of butter will not come down](https://mirror.example/butter)\n"
        "- [Quiz: how well do you know the county?](https://mirror.example/quiz)"
    ),
    (
        "Comments are closed on this story. All rights reserved by the Mirror Media Group and its "
        "licensors; the text may not be stored, spread or rewritten without consent in writing."
    ),
)


def syndicated(text: str) -> str:
    """On another site, with that site's own lines around it, and its name in place of the title."""
    _, *paragraphs = text.split("\n\n")
    return "\n\n".join((*_BEFORE, *paragraphs, *_AFTER))


def trimmed(text: str) -> str:
    """Cut from below to 60 percent, as editors and paywalls cut, with a line in its place."""
    return f"{text[: len(text) * 6 // 10]}\n\nContinue reading with a subscription."


def halved(text: str) -> str:
    """Cut to the half."""
    return text[: len(text) // 2]


def updated(text: str) -> str:
    """An hour later: a correction, a new paragraph below the first, and another one at the end."""
    title, first, *rest = text.split("\n\n")
    news = (
        "**Update, 3.15 pm:** A spokesman has since confirmed the figures. He would not say when "
        "the next step is to be expected, but asked everybody to be patient for a few days more."
    )
    end = "*An earlier version of this article gave a wrong first name. We have corrected it.*"
    return "\n\n".join((f"{title} (updated)", first, news, *rest, end))


def retitled(text: str) -> str:
    """Under another headline, with a dateline, as the same house puts it online twice."""
    _, first, *rest = text.split("\n\n")
    headline = "# What nobody had thought possible has come about after all"
    return "\n\n".join((headline, f"PORT ARDEN — {first}", *rest))


def edited(text: str) -> str:
    """Gone over by a copy editor: one word in thirty is another, or one character in sixty."""
    return _replaced(text, every=30)


def edited_much(text: str) -> str:
    """Gone over by one who earns his money: one word in fifteen, or one character in thirty."""
    return _replaced(text, every=15)


def _replaced(text: str, *, every: int) -> str:
    if len(text.split()) * 20 < len(text):  # a script without spaces
        return "".join(
            "\N{IDEOGRAPHIC NUMBER ZERO}" if n % (2 * every) == 0 else c
            for n, c in enumerate(text, 1)
        )
    words = text.split(" ")
    return " ".join("rather" if n % every == 0 else word for n, word in enumerate(words, 1))


def taken_over(text: str) -> str:
    """Cut to 60 percent, gone over, and on another site."""
    return syndicated(edited(trimmed(text)))


def reset(text: str) -> str:
    """Set anew: typographic quotes, decomposed letters, links and bold, capitals in the lead."""
    title, first, *rest = text.split("\n\n")
    lead = f"**{first.upper() if first.upper().lower() == first.lower() else first}**"
    plain = "\n\n".join((title, lead, *rest)).replace('"', "\N{DOUBLE LOW-9 QUOTATION MARK}")
    linked = re.sub(r"(\w{6,})\.", r"[\1](https://mirror.example/topic/\1).", plain, count=4)
    return unicodedata.normalize("NFD", linked)


VARIANTS: Final[dict[str, Callable[[str], str]]] = {
    "syndicated": syndicated,
    "trimmed": trimmed,
    "updated": updated,
    "retitled": retitled,
    "edited": edited,
    "edited much": edited_much,
    "halved": halved,
    "taken over": taken_over,
    "reset": reset,
}
