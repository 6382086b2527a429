"""The command line."""

from crawler.cli.app import main

__all__ = ["main"]
