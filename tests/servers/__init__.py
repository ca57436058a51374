"""Real servers for tests, out of wheels: nothing to install, nothing left running."""
