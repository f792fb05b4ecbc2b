"""The committee's explorer: one HTML file that needs no program, no server and no network."""

from sim.explorer.file.produce import Produced, produce

__all__ = ["Produced", "produce"]
