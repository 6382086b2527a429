"""What kind of page this is: an article, or a wall, a list, an error or a login in its place."""
