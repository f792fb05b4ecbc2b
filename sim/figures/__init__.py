"""Figures: data in, a drawing with a computed finding, alternative text and its own data out.

Every figure is a function from a small frozen record of quantities, and the reader's words, to a
`FigureResult`. Looks are in `sim.figures.style` alone.
"""

from sim.figures.costs import CostLine, CostsData, costs_by_line
from sim.figures.curve import CurveData, CurvePoint, answer_curve, crossings
from sim.figures.drawn import DrawnData, DrawnRow, answer_over_draws
from sim.figures.people import FlowData, FlowEnd, flow_of_people
from sim.figures.person import PersonData, person_timeline
from sim.figures.posts import PostsData, posts_by_role
from sim.figures.result import FigureResult, Setting
from sim.figures.sensitivity import Labels, SharesData, TornadoData, shares_data, sobol, tornado, tornado_data
from sim.figures.waiting import WaitingData, waiting_by_centre
from sim.figures.waterfall import WaterfallBar, WaterfallData, waterfall, waterfall_data
from sim.figures.yearly import YearlyData, difference_by_year

__all__ = [
    "CostLine",
    "CostsData",
    "CurveData",
    "CurvePoint",
    "DrawnData",
    "DrawnRow",
    "FigureResult",
    "FlowData",
    "FlowEnd",
    "Labels",
    "PersonData",
    "PostsData",
    "Setting",
    "SharesData",
    "TornadoData",
    "WaitingData",
    "WaterfallBar",
    "WaterfallData",
    "YearlyData",
    "answer_curve",
    "answer_over_draws",
    "costs_by_line",
    "crossings",
    "difference_by_year",
    "flow_of_people",
    "person_timeline",
    "posts_by_role",
    "shares_data",
    "sobol",
    "tornado",
    "tornado_data",
    "waiting_by_centre",
    "waterfall",
    "waterfall_data",
]
