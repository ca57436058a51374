"""Daemun: the gate of a Python team."""

__version__ = "0.1.0"
