"""Crawls by itself: at file changes, by a schedule, when revisits fall due, and at the door (HTTP).

A loop collects what happens and starts one `crawler run` at a time, each in a process of its own.
What a run does follows from the items and the ledger alone, so that an event which is lost, told
twice or wrong costs a look and never an article.
"""
