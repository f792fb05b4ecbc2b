"""The explorer: turn a lever, see costs and posts move, and how sure that is."""

from sim.explorer.app import Explorer, explore

__all__ = ["Explorer", "explore"]
