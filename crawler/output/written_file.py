"""A file that was written earlier, as it is found: ours by its digest, edited, or another."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from crawler.exceptions import ItemError
from crawler.items.enrichment import article_of_section, find_block, split_added_parts
from crawler.items.front_matter import split_text
from crawler.items.item import MAX_FILE_BYTES
from crawler.output.atomic import UnsafePathError, is_below

if TYPE_CHECKING:
    from crawler.output.layout import Target


UNSIGNED: Final = ""
"""The value of the key `digest` until the parts around it are known."""

# When a page was visited differs from run to run, and says nothing of what was written.
_TIMES: Final = re.compile(
    r'^[ -]*(?:fetchedDateTime|attemptedDateTime|failingSince): "\d{4}-\d\d-\d\dT[\d:.+Z-]+"\r?\n',
    re.MULTILINE,
)
_LINE: Final = re.compile(r'^(?P<key> {0,2}digest: )"(?P<value>[0-9a-f]*)"\r?\n', re.MULTILINE)


def signed(yaml_text: str, text: str) -> str:
    """Return YAML lines, of which one is an empty `digest`, with that of these lines and a text."""
    digest = parts_digest(yaml_text, text)
    return _LINE.sub(rf'\g<key>"{digest}"\n', yaml_text, count=1)


def stated_digest(yaml_text: str) -> str | None:
    """Return the digest that YAML lines state, None where there is none."""
    line = _LINE.search(yaml_text)
    return None if line is None else line["value"] or None


def parts_digest(yaml_text: str, text: str) -> str:
    """Give the SHA-256, in hex, of YAML lines without their `digest` and times, and a text.

    Line endings do not count, nor whether the last line of the text has one: Git and editors
    change these.
    """
    return text_digest_of(_TIMES.sub("", _LINE.sub("", yaml_text, count=1)), text)


def text_digest_of(*texts: str) -> str:
    """Give the SHA-256, in hex, of texts whose line endings and last line ending do not count."""
    plain = "\0".join(text.replace("\r\n", "\n").removesuffix("\n") for text in texts)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


MOST_BYTES: Final = 4 * MAX_FILE_BYTES  # an item, its block and its article
_NO_FILE: Final = "there is something else than a regular file"
_SOURCE_SCHEMA: Final = "schema: 1"


class Condition(Enum):
    """In what condition a file is found."""

    ABSENT = auto()
    PLAIN = auto()  # an item without anything of ours
    UNTOUCHED = auto()
    EDITED = auto()
    FOREIGN = auto()  # of a newer version, or somebody else's
    UNREADABLE = auto()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What is found where a file was, or is to be, written.

    Attributes:
        reason: what is wrong with it, as the end of a sentence.
        front: the YAML lines that are ours, with the file's line endings; "" without any.
        text: the article with LF; None where there is none.
        line: in the file, that of the first of `front`.
        stated: the digest that it states: that of what was last written to it.
        digest: that of our parts as they are.
        below: what was typed below the article's end marker.
    """

    condition: Condition
    reason: str = ""
    front: str = ""
    text: str | None = None
    line: int = 2
    stated: str | None = None
    digest: str | None = None
    below: str = ""


def read_written(target: Target) -> bytes | None:
    """Return the bytes of the regular file at a target; None where there is none.

    Raises:
        UnsafePathError: it is a link or no regular file, or leads out of its root.
        OSError: it cannot be read, or is larger than anything that is written.
    """
    if not is_below(target.path, target.root):
        raise UnsafePathError(target.path, f"the folder is outside {target.root}")
    try:
        file = os.open(target.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafePathError(target.path, _NO_FILE) from None
        raise
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise UnsafePathError(target.path, _NO_FILE)
    with open(file, "rb") as stream:  # noqa: PTH123 - of a descriptor
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(target.path))
    return data


def look_at_item(data: bytes | None, *, in_place: bool) -> WrittenFile:
    """Say in what condition the file of an enriched item is.

    Args:
        in_place: whether it is the item's own file, whose other parts are the author's to change.
    """
    if data is None:
        return WrittenFile(Condition.ABSENT)
    try:
        text = data.decode()
        post = split_text(text, file="")
    except (UnicodeDecodeError, ItemError) as error:
        return WrittenFile(Condition.UNREADABLE, _reason(error))
    try:
        span = find_block(post.yaml, file="")
    except ItemError as error:
        return WrittenFile(Condition.FOREIGN, error.problem.reason)
    if span is None:
        return WrittenFile(Condition.PLAIN, "has nothing that this crawler wrote")
    front, line = post.yaml[slice(*span)], 2 + post.yaml.count("\n", 0, span[0])
    try:
        parts = split_added_parts(text)
    except ItemError as error:
        return WrittenFile(Condition.UNREADABLE, error.problem.reason, front, None, line)
    stated, digest = stated_digest(front), item_parts_digest(front, parts.section)
    condition, reason = Condition.UNTOUCHED, ""
    if stated != digest:
        reason = "was edited within what is written by this crawler"
    elif not in_place and stated_item_digest(front) != text_digest_of(parts.head):
        reason = "was edited in what comes from the item; edit the item instead"
    if reason:
        condition = Condition.EDITED
    article = article_of_section(parts.section)
    return WrittenFile(condition, reason, front, article, line, stated, digest, parts.below)


def look_at_source(data: bytes | None) -> WrittenFile:
    """Say in what condition the file of a source is."""
    if data is None:
        return WrittenFile(Condition.ABSENT)
    try:
        post = split_text(data.decode(), file="")
    except (UnicodeDecodeError, ItemError) as error:
        return WrittenFile(Condition.UNREADABLE, _reason(error))
    front, stated = post.yaml, stated_digest(post.yaml)
    text = post.content.replace("\r\n", "\n").strip("\n")
    if _SOURCE_SCHEMA not in front.splitlines():
        return WrittenFile(Condition.FOREIGN, "is not of this version of the crawler", front)
    digest = parts_digest(front, post.content)
    if stated != digest and not data.endswith(b"\n"):  # an editor ends the last line
        return WrittenFile(Condition.UNREADABLE, "is cut off", front, None, 2)
    reason = "" if stated == digest else "was edited"
    condition = Condition.EDITED if reason else Condition.UNTOUCHED
    return WrittenFile(condition, reason, front, text, 2, stated, digest)


def item_parts_digest(block: str, section: str) -> str:
    """Give the digest of the parts of ours in an item; a section without an article is none."""
    return parts_digest(block, "" if article_of_section(section) is None else section)


def stated_item_digest(block: str) -> str | None:
    """Return the digest of the item that a block states to have been made from."""
    for line in block.splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "itemDigest":
            return value.strip('"')
    return None


def _reason(error: UnicodeDecodeError | ItemError) -> str:
    return error.problem.reason if isinstance(error, ItemError) else "is not UTF-8"
