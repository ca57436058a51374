"""What a question means, said of events."""
