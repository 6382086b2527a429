"""The head of an answer, read as leniently as browsers read it.

One line that somebody has pasted into a server's configuration must not cost the whole site: what
cannot be read is passed over, and the rest holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.web._newclient import HEADER, STATUS, ParseError
from twisted.web.http import PotentialDataLoss, _DataLoss

from crawler.fetch.answers.chunks import LenientChunks
from crawler.fetch.answers.content_coding import DECODABLE
from crawler.fetch.answers.errors import AnswerTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_HEAD_BYTES: Final = 256 * 1024  # what Chromium takes

# As Chromium: no version is 1.0, no status is 200, and there may be blanks in between.
_STATUS_LINE: Final = re.compile(
    rb"[ \t]*(?:HTTP/?(?P<version>[\d.]*)|ICY)(?:[ \t]+(?P<code>\d+))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_VERSION: Final = re.compile(rb"\d{1,2}\.\d{1,2}")
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_LENGTH: Final = re.compile(rb"\d{1,18}")
_STATUS_DIGITS: Final = 3
_BLANKS: Final = (b" ", b"\t")


class _Chunks(LenientChunks):
    """The decoder as Twisted calls it."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Decode some bytes."""
        self.feed(data)

    def noMoreData(self) -> None:  # noqa: N802 - Twisted's name
        """See whether all is there, now that the connection has ended.

        Raises:
            PotentialDataLoss: nobody can know.
            _DataLoss: it is not.
        """
        if self.is_whole is None:
            raise PotentialDataLoss
        if not self.is_whole:
            raise _DataLoss("the chunks break off")


class BrowserLikeParser(_LenientHTTPClientParser):
    """Scrapy's parser, which only passes over lines without a colon, made more lenient.

    It has no state of its own: the class of a parser that Twisted has made is set to it.
    """

    MAX_LENGTH = MAX_HEAD_BYTES  # of a line; all of them together are counted elsewhere
    _transferDecoders = {b"chunked": _Chunks}  # type: ignore[dict-item]  # noqa: RUF012, N815 - Twisted's name

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a line of the head."""
        is_first = self.state == STATUS
        is_empty_start = is_first and not line.strip()  # left over from the answer before
        continues_nothing = (
            self.state == HEADER and self._partialHeader is None and line[:1] in _BLANKS
        )
        if not (is_empty_start or continues_nothing):
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802, ARG002 - Twisted's
        """Refuse the answer.

        Raises:
            AnswerTooLargeError: always.
        """
        raise AnswerTooLargeError(f"its header is larger than {MAX_HEAD_BYTES} bytes")

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take the status line.

        Raises:
            ParseError: it is none.
        """
        found = _STATUS_LINE.fullmatch(status)
        if found is not None:
            version, code, rest = found["version"] or b"", found["code"], found["rest"]
            version = version if _VERSION.fullmatch(version) else b"1.0"
            if code is None and not re.search(rb"\d", rest):
                code = b"200"
            if code is None or len(code) != _STATUS_DIGITS:
                raise ParseError("no status code", status)  # type: ignore[no-untyped-call]
            status = b"HTTP/%s %s %s" % (version, code, rest.strip())
        super().statusReceived(status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a field whose name is one; pass over any other."""
        name = name.strip()
        if _TOKEN.fullmatch(name) is None:
            return
        if name.lower() == b"connection" and b"close" in _tokens([value]):
            value = b"close"  # in this spelling Twisted knows it
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def isConnectionControlHeader(self, name: bytes) -> bool:  # noqa: N802 - Twisted's name
        """Whether a field is about the connection; one that tells a proxy is to be seen."""
        return name != b"proxy-connection" and bool(
            super().isConnectionControlHeader(name)  # type: ignore[no-untyped-call]
        )

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        """Find out how the body is framed."""
        fields = self.connHeaders
        if (transfer := fields.getRawHeaders(b"transfer-encoding")) is not None:
            codings = _tokens(transfer)
            fields.removeHeader(b"transfer-encoding")
            if b"chunked" in codings:
                fields.setRawHeaders(b"transfer-encoding", [b"chunked"])
            for coding in codings:
                if coding.decode("latin-1") in DECODABLE:  # nobody has asked for it on the way
                    self.headers.addRawHeader(b"content-encoding", coding)
        if (lengths := fields.getRawHeaders(b"content-length")) is not None:
            known = {int(length) for length in _tokens(lengths) if _LENGTH.fullmatch(length)}
            if not known:  # the end of the connection is that of the body
                fields.removeHeader(b"content-length")
            elif len(known) == 1:
                fields.setRawHeaders(b"content-length", [b"%d" % known.pop()])
        super().allHeadersReceived()  # type: ignore[no-untyped-call]


def _tokens(values: Iterable[bytes]) -> list[bytes]:
    """Return the members of a field that is a list, in lower case, without their parameters."""
    members = b",".join(values).split(b",")
    return [name for member in members if (name := member.partition(b";")[0].strip().lower())]
