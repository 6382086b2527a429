"""When two texts are copies of one article, and which copy is the best."""
