"""A question becomes SQL."""
