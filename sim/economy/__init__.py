"""Tallies become money, posts and a budget."""

from sim.economy.budget import Budget, BudgetLine, budget
from sim.economy.catalogue import catalogue, money_measures
from sim.economy.costs import BENEFIT, NET, PROGRAMME, PUBLIC, STATE, costs
from sim.economy.financing import Financing, financing
from sim.economy.future import Future, future_cost
from sim.economy.money import account
from sim.economy.prices import discount, price_index
from sim.economy.staffing import (
    Staffing,
    StaffingRule,
    plan_caseload,
    rule_caseworkers,
    staffing,
    staffing_rule,
)
from sim.economy.terminal import last_pace, return_risk, terminal_cost, terminal_rest

__all__ = [
    "BENEFIT",
    "NET",
    "PROGRAMME",
    "PUBLIC",
    "STATE",
    "Budget",
    "BudgetLine",
    "Financing",
    "Future",
    "Staffing",
    "StaffingRule",
    "account",
    "budget",
    "catalogue",
    "costs",
    "discount",
    "financing",
    "future_cost",
    "last_pace",
    "money_measures",
    "plan_caseload",
    "price_index",
    "return_risk",
    "rule_caseworkers",
    "staffing",
    "staffing_rule",
    "terminal_cost",
    "terminal_rest",
]
