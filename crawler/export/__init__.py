"""What enriched files say, for other programs: typed, in Python and as tables."""
