"""The only durable state: what is known of every item and every source."""
