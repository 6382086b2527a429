"""What a maintainer wants to know of the sources in the morning, as JSON, Markdown and a page."""
