"""The API reference, from docstrings: `python docs/reference.py FOLDER`, with the extra `test`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pdoc
import pdoc.render

# What people import; all else may change with any version.
PUBLIC = (
    "crawler",
    "crawler.addon",
    "crawler.options",
    "crawler.page_objects",
    "crawler.signals",
    "crawler.spiders",
    "crawler.testing",
)


def build(folder: Path) -> None:
    """Write the pages of the public modules into a folder, for a browser and without a server."""
    for name in PUBLIC:
        module = import_module(name)
        for public in getattr(module, "__all__", ()):
            # pdoc looks into the module's namespace only, where names that load late are not yet.
            setattr(module, public, getattr(module, public))
    pdoc.render.configure(docformat="google", show_source=False)
    pdoc.pdoc(*PUBLIC, output_directory=folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
