"""What a URL is: what to request, what identifies it, whose it is, and where AMP hides it."""
