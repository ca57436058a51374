"""The picture of the log that is searched."""
