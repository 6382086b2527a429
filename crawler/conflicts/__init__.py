"""What an item says of an article against what its page says; reports, and changes nothing."""
