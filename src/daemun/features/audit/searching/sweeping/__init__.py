"""What is gone from the log goes from the picture."""
