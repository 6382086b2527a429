"""Politeness and safety of requests, and what an answer or an error means."""
