"""The files of articles' images: how large they are, and safe copies of them."""
