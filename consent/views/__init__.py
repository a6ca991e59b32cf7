"""Pages of the queue, the consent and the records."""
