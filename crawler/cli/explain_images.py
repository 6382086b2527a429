"""What was learned of the files of a source's images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from crawler.cli.markup import escape

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.ledger.records import SourceRecord


def image_files(record: SourceRecord) -> list[dict[str, Any]]:
    """Return a JSON object for each image that was asked for."""
    return [
        {
            "url": url,
            "askedDateTime": image.asked_at,
            "problem": image.problem,
            "format": image.format,
            "width": image.width,
            "height": image.height,
            "path": image.file,
        }
        for url, image in record.images.items()
    ]


def print_image_files(record: SourceRecord, console: Console) -> None:
    """Print them for a person."""
    if not record.images:
        return
    table = Table("image", "size", "kept as", "problem", padding=(0, 1))
    for url, image in record.images.items():
        size = "" if image.width is None else f"{image.width} x {image.height}"
        table.add_row(escape(url), size, image.file or "", escape(image.problem or ""))
    console.print(table)
