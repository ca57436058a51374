"""`python -m daemun`."""

from daemun.cli import main

main()
