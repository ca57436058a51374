"""Internal tools the platform hosts. A folder here with a `plug` is found; no list is edited."""
