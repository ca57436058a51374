"""Who watches over the log: the house itself every day, witnesses elsewhere, and whoever asks how it is."""
