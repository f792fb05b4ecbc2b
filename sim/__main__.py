"""``python -m sim`` does what the command ``jobbtorg`` does."""

from sim.cli import main

if __name__ == "__main__":
    main()
