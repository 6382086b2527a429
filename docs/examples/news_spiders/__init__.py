"""Example spiders."""
