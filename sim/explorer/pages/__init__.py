"""The tabs beside the overview, each a page of its own that is drawn only while it is in view."""

from sim.explorer.pages.assumptions import AssumptionsPage
from sim.explorer.pages.compare import ComparePage
from sim.explorer.pages.map import MapPage
from sim.explorer.pages.page import Page, Room
from sim.explorer.pages.person import PersonPage
from sim.explorer.pages.split import SplitPage
from sim.explorer.pages.stages import StagesPage

__all__ = ["Page", "Room", "pages"]


def pages(room: Room) -> dict[str, Page]:
    """Return the pages by the key of their tab."""
    return {
        "split": SplitPage(room),
        "map": MapPage(room),
        "stages": StagesPage(room),
        "person": PersonPage(room),
        "compare": ComparePage(room),
        "assumptions": AssumptionsPage(room),
    }
