"""The one parse of a page, which metadata and body share."""

from __future__ import annotations

import re

from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

# Control characters that no HTML text may hold (HTML standard, "preprocessing the input stream").
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\f\r"))
# A form feed is white space in HTML, and forbidden in XML.
_WHITE_SPACE = bytes.maketrans(b"\f", b" ")
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# The same as character references. libxml2 decodes them into its tree, and the first element
# that is copied out of it then fails, as no XML may hold such text: the article would be lost.
_CONTROL_REFERENCE = re.compile(
    r"&\#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|127|6553[45])(?![0-9])"
    r"|x0*(?:[1-8bcef]|1[0-9a-f]|7f|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)
# libxml2 takes <html/> for an empty document and drops all that follows.
_SELF_CLOSED_HTML = re.compile(r"(<html\b[^<>]*?)/>", re.IGNORECASE)
_PROLOGUE_CHARACTERS = 4_096
# Custom elements that stand for an image, with its attributes.
_CUSTOM_IMAGES = ("amp-img", "amp-anim")
# lxml.html asks a Python function for the class of each element that it touches. Ours are all of
# one class, which C code can tell; it halves the time of a walk.
_ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)


def parse_page(html: str) -> HtmlElement | None:
    """Parse a page, however broken, into one tree.

    Elements nest up to 2,048 deep; a page that goes deeper ends there. (Without `huge_tree`
    libxml2 stops at 256, and real pages lose their article.)

    Returns:
        The `html` element, without comments; None if there is nothing to parse.
    """
    prologue = _SELF_CLOSED_HTML.sub(r"\1>", html[:_PROLOGUE_CHARACTERS], count=1)
    text = _CONTROL_REFERENCE.sub(" ", prologue + html[_PROLOGUE_CHARACTERS:])
    data = text.encode("utf-8", "ignore").translate(_WHITE_SPACE, _CONTROLS)  # no surrogates
    for character in _NO_CHARACTERS:
        data = data.replace(character, b"")
    # A parser is cheap and not safe to share between threads.
    parser = HTMLParser(
        encoding="utf-8",  # wins over any declaration inside the page
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        # As bytes: lxml refuses a str that starts with an XML encoding declaration.
        root = document_fromstring(data, parser=parser)
    except ParserError:
        return None
    for image in root.iter(*_CUSTOM_IMAGES):
        image.tag = "img"
    return root if isinstance(root, HtmlElement) else None
