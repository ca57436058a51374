"""Tools that the measured server carries."""
