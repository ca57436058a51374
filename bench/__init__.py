"""How fast, how small, how steady: measured beside peers and bare limits. `python -m bench` prints one table."""
