"""Finds the article on a page and cuts what is not part of it."""
