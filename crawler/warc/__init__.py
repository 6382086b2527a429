"""WARC files (ISO 28500): what is in them, the answer for a URL, and new records."""
