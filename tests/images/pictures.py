"""Image files as servers send them, good and bad; made when they are asked for."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="x" width="300" height="200"><script>evil()</script></svg>'


def picture(kind: str = "PNG", width: int = 640, height: int = 480, **options: object) -> bytes:
    """A picture with noise in it, so that it is not tiny."""
    buffer = BytesIO()
    noise = Image.effect_noise((width, height), 60).convert("RGB")
    noise.save(buffer, kind, **options)
    return buffer.getvalue()


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG whose pixels are all the same: few KB that would be GB; only its header is right."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(2_000_000), 9)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def late_jpeg(width: int = 640, height: int = 480, before: int = 120_000) -> bytes:
    """A JPEG with so many bytes of application data before its size."""
    data = picture("JPEG", width, height)
    segment = b"\xff\xe2" + struct.pack(">H", 60_002) + bytes(60_000)
    return data[:2] + segment * (before // 60_000) + data[2:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
