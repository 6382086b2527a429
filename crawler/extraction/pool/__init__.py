"""Worker processes in which pages are extracted, under hard limits of time and memory."""
