"""Page objects of web-poet: fields of the default article page, overridden site by site."""
