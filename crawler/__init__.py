"""Follows the links of front-matter news items and enriches the items, losslessly."""

__version__ = "0.1.0"
