"""The spiders, each with its test beside it."""
