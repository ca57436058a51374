"""The words every room shares. Nothing in here does I/O."""
