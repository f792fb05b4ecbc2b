"""How fast the engines are, held against others and against themselves. Run with ``make bench``."""
