"""One folder is one capability, with everything it owns."""
