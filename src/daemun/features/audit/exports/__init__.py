"""What was found in the log, written out as files that others read."""
