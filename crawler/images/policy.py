"""Which images are asked for, by the settings and the ledger, and what becomes of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from crawler import config
from crawler.images.copies import check_copies_can_be_made, look_through
from crawler.images.size import ImageLibraryMissingError, check_sizes_can_be_read, read_size
from crawler.options import OptionError
from crawler.timestamps import is_ahead, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from crawler.extraction.article import Article
    from crawler.images.size import ImageFacts
    from crawler.ledger.records import ImageRecord


_MOST: Final = 10  # images of an article, its lead image first
_AGAIN_SOON: Final = timedelta(hours=1)
_AGAIN_LATER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ImagePolicy:
    """What is wanted of images.

    Attributes:
        sizes: the sizes of those whose page does not give them.
        copies: copies of all, with thumbnails.
        most_bytes, most_pixels: of an image that is copied.
        thumbnail_width: in pixels; 0: no thumbnails.
    """

    sizes: bool = False
    copies: bool = False
    most_bytes: int = 0
    most_pixels: int = 0
    thumbnail_width: int = 0

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self | None:
        """Read the CRAWLER_IMAGE* settings; None: nothing is wanted.

        Raises:
            OptionError: one of them makes no sense, or a library for it is missing.
        """
        copies = config.IMAGES.of(settings)
        policy = cls(
            config.IMAGE_SIZES.of(settings),
            bool(copies),
            config.IMAGE_MAXSIZE.of(settings),
            config.IMAGE_PIXELS.of(settings),
            config.IMAGE_THUMBNAIL.of(settings),
        )
        if not policy.sizes and not policy.copies:
            return None
        try:
            check_sizes_can_be_read()
            if policy.copies:
                check_copies_can_be_made()
        except ImageLibraryMissingError as error:
            name = config.IMAGES.name if copies else config.IMAGE_SIZES.name
            raise OptionError(f"{name}: {error}") from error
        return policy

    def wanted(
        self,
        article: Article,
        known: Mapping[str, ImageRecord],
        now: datetime,
        *,
        is_there: Callable[[str], bool],
    ) -> list[str]:
        """Return the URLs of an article's images that are to be asked for now.

        Args:
            known: what is known of its images, by URL.
            now: the time, aware.
            is_there: whether a copy's file, by its path below the output folder, exists.
        """
        urls = []
        for url in self.of_interest(article):
            record = known.get(url)
            if record is None or self._is_due(record, now, is_there):
                urls.append(url)
        return urls

    def of_interest(self, article: Article) -> list[str]:
        """Return the URLs of an article's images that are to be known, asked for or not."""
        return [
            image.url
            for image in article.images[:_MOST]
            if self.copies or image.width is None or image.height is None
        ]

    def _is_due(self, record: ImageRecord, now: datetime, is_there: Callable[[str], bool]) -> bool:
        if record.problem is not None:
            gap = _AGAIN_SOON if record.may_pass else _AGAIN_LATER
            asked_at = moment(record.asked_at)
            return asked_at + gap <= now or is_ahead(asked_at, now)
        return self.copies and (record.file is None or not is_there(record.file))


# Decoders hold an image several times: measured with 25 million pixels, a WebP takes 18, all others
# up to 10.
_BYTES_A_PIXEL: Final = 20
_ROOM: Final = 96 * 1024 * 1024


def image_memory(most_pixels: int) -> int:
    """Return the bytes that an image may take which is decoded up to so many pixels."""
    return _ROOM + _BYTES_A_PIXEL * most_pixels


@dataclass(frozen=True, slots=True)
class ImageJob:
    """An image file, or the beginning of one.

    Attributes:
        data: its bytes.
        most_pixels: 0: only the size is read; else it is decoded, up to so many pixels.
        thumbnail_width: of the thumbnail, in pixels; 0: none is made.
    """

    data: bytes
    most_pixels: int = 0
    thumbnail_width: int = 0


def study_image(job: ImageJob) -> ImageFacts:
    """Read what is asked for off an image."""
    if not job.most_pixels:
        return read_size(job.data)
    return look_through(job.data, most_pixels=job.most_pixels, thumbnail_width=job.thumbnail_width)
