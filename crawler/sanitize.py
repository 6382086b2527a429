"""Strangers' text made harmless for site generators, terminals and logs; pure functions.

The text may pass a YAML parser, Liquid (which Jekyll runs over the source before Markdown, code
included), Hugo's shortcodes, CommonMark, GFM or kramdown, a theme that escapes nothing, and a
browser. After each of them it is still only text. All functions take linear time.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.urls.host import safe_url

TEXT_LIMIT: Final = 2_000
URL_LIMIT: Final = 2_083  # characters; the longest URL that browsers and feeds agree on

_UPPER_PLANES = range(0x10000, 0x110000, 0x10000)
# Characters that show nothing and mean nothing to a reader, but hide or reorder what is shown:
# controls, surrogates, non-characters, bidirectional embeddings, overrides and isolates, and
# zero-width characters and tags, which split words or smuggle text past human eyes (the price
# is three regional flags). ZWJ, ZWNJ and the bidirectional marks stay: scripts and emoji need
# them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in _UPPER_PLANES)
    + "]+"
)
_LINE_SPACE = re.compile("[ \t\n\v\f\r\x85\u2028\u2029]+")
# What means something to a browser, a script, Markdown or a template, wherever a theme prints a
# text: in an attribute without escaping it, and even without quotes around it, in a string of a
# script, or through `markdownify`. Each alternative ends in the one character that is replaced.
_IN_METADATA = re.compile(
    r"""
    (?P<opening>(?:\A|(?<=[\s"'`(\[{<>\u2013\u2014/-]))["'`](?=[\w"'`(\[\u00a1\u00bf$\#@]))
  | (?P<mark>["'`<>\\])
  | (?P<ampersand>&(?=\#|[A-Za-z][A-Za-z0-9]{1,31};|(?:amp|gt|lt|quot)))
  | (?P<brace>\{(?=[{%\#:]|\Z))
  | (?P<target>\](?=\())
  | (?P<attribute>(?<![^\W_])(?:on[a-z]+|style|src(?:doc|set)?|href|(?:form)?action)[ ]?=)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOOK_ALIKES = str.maketrans(
    {'"': "\u201d", "'": "\u2019", "`": "\u2019", "<": "\u2039", ">": "\u203a"}
    | {"\\": "\u2216", "&": "\uff06", "{": "\uff5b", "]": "] ", "=": "\uff1d"}
)
_OPENING = str.maketrans({'"': "\u201c", "'": "\u2018", "`": "\u2018"})


def plain_text(value: str, *, limit: int = TEXT_LIMIT) -> str:
    """Return a metadata string (a title, a name) as one line of NFC text.

    Hidden characters go, and white space collapses to single spaces. Quotes become typographic
    ones, and whatever else could end an attribute, begin a tag, a character reference or a
    template's tag becomes a character that looks like it: text that a theme prints without
    escaping stays readable and runs nothing. HTML entities are not decoded. What this function
    returned it leaves as it is. Longer text than `limit` characters is cut and ends with an
    ellipsis.
    """
    text = unicodedata.normalize("NFC", shown_text(value))
    text = _IN_METADATA.sub(_look_alike, " ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "\u2026"


def _look_alike(match: re.Match[str]) -> str:
    found = match[0]
    if match.lastgroup == "attribute":
        return found[:-1] + "\uff1d"
    return found.translate(_OPENING if match.lastgroup == "opening" else _LOOK_ALIKES)


def shown_text(text: str) -> str:
    """Return a text without the characters that hide or reorder what is shown."""
    # What is hidden is not printable; to look for it costs twenty times as much.
    return text if text.isprintable() else _HIDDEN.sub("", text)


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
# What RFC 3986 allows in a URL but Markdown, Liquid or an attribute could take for its own.
_UNSAFE_IN_MARKUP = re.compile(r"""[<>"'{}|\\^`()\[\]\s]""")

# Most URLs: nothing below would change them, and to find that out costs twenty times as much.
_PLAIN_URL = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,63}"
    r"(?:/(?!\.)[A-Za-z0-9._~!$&*+,=:@-]*+)++(?:\?[A-Za-z0-9._~!$&*+,=:@/-]++)?"
)


def http_url(value: str, base: str | None = None) -> str | None:
    """Return an absolute http or https URL that is safe to print anywhere, or None.

    The result is ASCII without quotes, brackets, parentheses, braces, backslashes, white space
    or control characters (they are percent-encoded), so that it cannot end an attribute or a
    Markdown link target. None is returned for other schemes, however disguised, for a URL
    with user name or password or without host, and for more than 2,083 characters.

    Args:
        value: an absolute URL, or one relative to `base`.
        base: the absolute URL of the page that names it.
    """
    text = _HIDDEN.sub("", value).strip()
    if not 0 < len(text) <= URL_LIMIT:
        return None
    if _PLAIN_URL.fullmatch(text):
        return text
    scheme = _SCHEME.match(_INVISIBLE.sub("", html.unescape(text)))
    if scheme is not None and scheme[1].lower() not in {"http", "https"}:
        return None
    try:
        url = safe_url(text if base is None else urljoin(base, text))
        parts = urlsplit(url)
        host = parts.netloc.removesuffix(f":{parts.port}")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    rest = url[len(f"{parts.scheme}://{parts.netloc}") :]
    rest = _UNSAFE_IN_MARKUP.sub(lambda match: f"%{ord(match[0]):02X}", rest)
    url = f"{parts.scheme}://{parts.netloc}{rest}"
    return url if len(url) <= URL_LIMIT else None


def printable_url(url: str) -> str:
    """Return a URL that was requested or led to, as `http_url` would have its quotes."""
    return url.replace("'", "%27")


# Each alternative ends in the one character that must not mean anything; the rest is context.
_MARKDOWN = re.compile(
    r"""
    (?P<opening>\A[ ]?(?:[->+=:]|[0-9]++(?=[.)](?:[ ]|\Z))[.)]))
  | (?P<caret>\A[ ]?\^)
  | (?P<address>(?:https?|ftp)(?=://)|(?<![^\W_])www(?=\.)|@[A-Za-z0-9_-]{1,63}(?=\.))[:.]
  | (?P<brace>\{(?=[%:#]|\Z))
  | (?P<backslash>\\(?=[ ]?\Z))
  | (?P<end>\](?=:|\Z))
  | (?P<tick>`)
  | (?P<escaped>[\\*\[\]{}|] | !(?=[ ]?\Z) | \$(?=\$|\Z) | (?<=\$)\$)
  | (?P<hashes>\#+)
  | (?P<underscores>_+)
  | (?P<less><)
  | (?P<tilde>~)
  | (?P<ampersand>&(?=\#|[A-Za-z0-9_:][\w:.-]{0,40};|\Z))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# The same at a glance: text without any of these, as most is, has nothing to escape. A letter of
# "www." may be in upper case.
_MAY_OPEN = re.compile(r"[ ]?[->+=:^0-9]")
_MAY_MEAN = re.compile(r"[\\*\[\]{}|!$`#_<~&@]")
_IN_ADDRESSES = ("://", "w.", "W.")


def markdown_text(text: str) -> str:
    """Return a run of text as inline Markdown on one line that shows just this text.

    White space collapses to single spaces and hidden characters go. Escapes are those on which
    CommonMark, GFM and kramdown agree: a backslash where kramdown knows it, else a character
    reference. No `{{`, `{%`, `{:`, `{#` or tag remains for Liquid, Hugo or a browser, no web
    address becomes a link (GitHub links e-mail addresses whatever their escapes), and the
    result can stand at the start of a line, in a heading, in a table cell, or next to other
    inline Markdown. Words stay whole, except around an underscore that is not between two
    letters. Typographic replacements (quotes, dashes) stay possible.
    """
    line = text
    if not text.isprintable() or "  " in text:
        line = _LINE_SPACE.sub(" ", shown_text(text))
    if (
        _MAY_MEAN.search(line)
        or _MAY_OPEN.match(line)
        or any(part in line for part in _IN_ADDRESSES)
    ):
        return _MARKDOWN.sub(_escape, line)
    return line


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    before, last = found[:-1], found[-1]
    kind = match.lastgroup
    text, start, end = match.string, match.start(), match.end()
    if kind == "hashes":
        # They mean a heading at the start of a line, and nothing at the end of a heading.
        is_first = start < len(_NO_TEXT) and text[:start] in _NO_TEXT
        is_last = text[end : end + 2] in _NO_TEXT
        return found.replace("#", r"\#") if is_first or is_last else found
    if kind == "underscores":
        # kramdown leaves underscores alone between letters only, CommonMark between digits too.
        is_inside = text[start - 1 : start].isalpha() and text[end : end + 1].isalpha()
        return found if is_inside else found.replace("_", r"\_")
    if kind == "tilde":
        # After a space it cannot end a strikethrough, and one that nothing ends is text.
        stands_alone = text[start - 1 : start] == " " and text[end : end + 1].isalnum()
        return found if stands_alone else "&#126;"
    if kind == "address":
        before = _LOOSE_UNDERSCORES.sub(r"\\\g<0>", before)
    if kind in _REFERENCES:
        return before + _REFERENCES[kind]
    return before + "\\" + last


# kramdown knows no backslash escape for "^" and "~", nor for "`" where it looks for the cells of a
# table; one for "<" would leave a tag to browsers, "\{%" is still Liquid's, and kramdown takes two
# backslashes at the end for a line break, and "\]:" for that of a definition.
_REFERENCES = {
    "brace": "&#123;",
    "backslash": "&#92;",
    "caret": "&#94;",
    "tick": "&#96;",
    "end": "&#93;",
    "less": "&lt;",
    "ampersand": "&amp;",
}
_LOOSE_UNDERSCORES = re.compile(r"(?<![^\W\d_])_|_(?![^\W\d_])")  # not between two letters
_NO_TEXT = ("", " ")  # what may stand before or after the text on its line
# Lines that Markdown could read as the definition of a link, a note or an abbreviation: those that
# begin with a bracket, or with the end of one.
_DEFINITION = re.compile(r"^(?:[^A-Za-z\[\n]*\[|[^\[\n]*\]:)[^\n]*", re.MULTILINE)
# What Hugo would print as the language of a block of code, without escaping it.
_LANGUAGE = re.compile(r"""^(?=[^\n]*["'<>&=])[^A-Za-z\n]*?(?:`{3}|~{3})[^\n]*""", re.MULTILINE)
_FENCE = re.compile(r"([`~])\1(?=\1)")
_HEADING = re.compile(r"^[^A-Za-z\n]*(?:\#{1,6}[ \t]|(?:=+|-+)[ \t]*$)", re.MULTILINE)
# What Hugo takes for the attributes of the block above, of a heading or of a fence.
_ATTRIBUTES = re.compile(
    r"^[^A-Za-z{\n]*(?:(?:\#{1,6}[ \t]|`{3,}|~{3,})[^\n]*)?"
    r"\{[ \t]*(?:[#.]|[A-Za-z_:][\w:.-]*[ \t]*=)[^\n]*\}[ \t]*$",
    re.MULTILINE,
)
_IN_CODE = re.compile(
    r"""
    \{(?=[{%\#:])                # Liquid, Hugo, Nunjucks; kramdown's attributes and extensions
  | <(?=[^\W\d]|[/!?%:])        # tags, comments, links, ERB
  | \](?=\()                    # the target of a link
    """,
    re.VERBOSE,
)


def code_text(text: str) -> str:
    """Return text for the inside of a code span or block, where escapes are not processed.

    Liquid and Hugo run before Markdown and know no code; and whether it is code that Markdown
    reads is not ours to decide: engines part blocks at other places than we meant, a fence that
    the author left open turns each of ours round, and Jekyll's excerpts end in the middle of one.
    So a space parts what would mean something there: `{{`, `{%`, `{#`, `{:`, `<` of a tag, `](`,
    `]:` of a definition, fences with a quote behind them, and `~~` in code with headings, at some
    of which Hugo crashes. An escape would be shown as it is. Only of what Hugo takes for
    attributes, which no space parts, the brace becomes one that looks like it. Hidden characters
    go; line ends become LF.
    """
    code = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", _HIDDEN.sub("", text))
    if "]:" in code:
        code = _DEFINITION.sub(lambda line: line[0].replace("]:", "] :"), code)
    if "```" in code or "~~~" in code:
        code = _LANGUAGE.sub(lambda line: _FENCE.sub(r"\g<0> ", line[0]), code)
    if "}" in code:
        code = _ATTRIBUTES.sub(lambda line: line[0].replace("{", "\uff5b"), code)
    if "~~" in code and _HEADING.search(code):
        code = re.sub("~(?=~)", "~ ", code)
    return _IN_CODE.sub(r"\g<0> ", code)


# Controls (also those that begin an escape sequence in one character), what ends a line for some
# reader, what reorders or hides what is shown, and the bytes of a name that is not UTF-8.
_ACTIVE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str, *, keep: str = "") -> str:
    r"""Return a text with what does something shown as an escape: "\n", "\x1b", "\u202e".

    Args:
        keep: characters that stay as they are.
    """
    return _ACTIVE.sub(lambda match: match[0] if match[0] in keep else _escaped(match[0]), text)


def visible_json(document: str) -> str:
    """Return a JSON document in which nothing does something on a terminal; it says the same."""
    return _ACTIVE.sub(lambda match: match[0] if match[0] in "\n\t" else _unit(match[0]), document)


def _escaped(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # as Python reads a byte of a file's name
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _unit(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
