"""Posts by role and centre beside the plan: small multiples, one a centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.figures import style
from sim.figures.result import FigureResult, Setting
from sim.words import Name, Prose, Quantity

SIGNS = (style.bar_key(style.BASELINE_FILL), style.bar_key(style.STAFF))

STEP = 0.1
"""Posts are written in tenths; the plan has halves."""


@dataclass(frozen=True)
class PostsData:
    """Posts in the plan and in the scenario, [centre][role], in the data's orders.

    `plan_total` and `other_total` are sums over all, for the finding.
    """

    centres: tuple[str, ...]
    centre_labels: tuple[str, ...]
    roles: tuple[str, ...]
    role_labels: tuple[str, ...]
    plan: tuple[tuple[Quantity, ...], ...]
    other: tuple[tuple[Quantity, ...], ...]
    plan_total: Quantity
    other_total: Quantity
    plan_name: Name
    other_name: Name
    period: Prose


def posts_by_role(data: PostsData, setting: Setting, key: str = "posts") -> FigureResult:
    """Draw one panel a centre, one row a role: the plan in grey, the scenario in the colour of staff."""
    words = setting.words
    rows = np.arange(len(data.roles), dtype=float)
    most = max(quantity.value for centre in (*data.plan, *data.other) for quantity in centre)
    with style.styled():
        figure = style.canvas(0.95 + 0.36 * len(data.roles))
        panels = np.atleast_1d(figure.subplots(1, len(data.centres), sharey=True, sharex=True))
        for axes, label, plan, other in zip(panels, data.centre_labels, data.plan, data.other, strict=True):
            for row, planned, had in zip(rows, plan, other, strict=True):
                for offset, quantity, colour in (
                    (-0.2, planned, style.BASELINE_FILL),
                    (0.2, had, style.STAFF),
                ):
                    axes.barh(
                        row + offset, quantity.value, 0.36, color=colour, edgecolor=style.INK, linewidth=0.6
                    )
                    style.say(
                        axes, words.quantity(quantity, "bare", STEP), (quantity.value, row + offset), (2, 0)
                    )
            axes.set_title(label, fontsize=style.TEXT, loc="left")
            axes.tick_params(axis="y", length=0, labelsize=style.SMALL, labelcolor=style.INK)
            style.number_axis(axes, words, "x", ticks=2)
        panels[0].set_yticks(rows, list(data.role_labels))
        panels[0].set_ylim(len(rows) - 0.45, -0.55)
        panels[0].set_xlim(0, most * 1.5)
        figure.supxlabel(words.unit(data.plan_total.unit), fontsize=style.SMALL)
        style.legend(figure, SIGNS, [data.plan_name.first.text, data.other_name.first.text])
        style.finished(figure, setting)

        change = data.other_total.value - data.plan_total.value
        shown = Quantity(abs(change), data.other_total.unit, data.other_total.trace)
        title = words.text(
            f"figures.posts.{'title_more' if change > 0 else 'title_fewer'}",
            total=data.other_total,
            change=shown,
            plan=data.plan_total,
        )
        subtitle = words.text(
            "figures.posts.subtitle", period=data.period, other=data.other_name.first, plan=data.plan_name
        )
        sums = [
            words.text(
                "figures.posts.item",
                centre=Name(label),
                plan=_sum(plan, data.plan_total),
                other=_sum(other, data.other_total),
            )
            for label, plan, other in zip(data.centre_labels, data.plan, data.other, strict=True)
        ]
        alternative = words.text("figures.posts.alternative", finding=title, centres=words.join(sums))
        return style.told(figure, key, title, subtitle, alternative, _table(data))


def _sum(parts: tuple[Quantity, ...], total: Quantity) -> Quantity:
    return Quantity(
        sum(part.value for part in parts), total.unit, total.trace, exact=all(part.exact for part in parts)
    )


def _table(data: PostsData) -> pd.DataFrame:
    rows = [
        {"centre": centre, "role": role, "plan": planned.value, "other": had.value}
        for centre, plan, other in zip(data.centres, data.plan, data.other, strict=True)
        for role, planned, had in zip(data.roles, plan, other, strict=True)
    ]
    return pd.DataFrame(rows)
