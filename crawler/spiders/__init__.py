"""Spiders: thin shells that visit what the plan says is due."""
