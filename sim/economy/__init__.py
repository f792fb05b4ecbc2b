"""Tallies become money, posts and a budget."""

from sim.economy.budget import Budget, BudgetLine, budget
from sim.economy.catalogue import catalogue, money_measures
from sim.economy.costs import BENEFIT, NET, PROGRAMME, costs
from sim.economy.money import account
from sim.economy.prices import discount, price_index
from sim.economy.staffing import Staffing, StaffingRule, plan_caseload, staffing, staffing_rule
from sim.economy.terminal import Future, future_cost, last_pace, return_risk, terminal_cost

__all__ = [
    "BENEFIT",
    "NET",
    "PROGRAMME",
    "Budget",
    "BudgetLine",
    "Future",
    "Staffing",
    "StaffingRule",
    "account",
    "budget",
    "catalogue",
    "costs",
    "discount",
    "future_cost",
    "last_pace",
    "money_measures",
    "plan_caseload",
    "price_index",
    "return_risk",
    "staffing",
    "staffing_rule",
    "terminal_cost",
]
