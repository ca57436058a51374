"""Counting what is found."""
