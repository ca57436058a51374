"""The outside, answered."""
