import numpy as np
import pytest

from sim.experiment.run import simulate
from sim.experiment.staffing import FOLLOWS, mean_posts

SEED = 7


def test_posts_given_are_the_plans(resolve):
    scenario = resolve("plan-2008").scenario
    posts = mean_posts(scenario, 2, SEED, jobs=1)
    assert posts.shape == (2, 5, 6)
    assert posts.sum(axis=(1, 2)) == pytest.approx(140)


def test_posts_that_follow_are_the_historys_mean_and_the_same_for_any_jobs(resolve):
    scenario = resolve("plan-2008", FOLLOWS).scenario
    seen = []
    posts = mean_posts(scenario, 3, SEED, jobs=2, progress=lambda done, total: seen.append(done))
    assert seen == [0, 1, 2, 3]
    assert np.array_equal(posts, mean_posts(scenario, 3, SEED, jobs=1))
    history = simulate(scenario, 1, SEED)
    jarva = history.office_centre == history.centres.index("jarva")
    assert posts[1, -1] == pytest.approx(history.posts[:, jarva].mean(axis=0).sum(axis=0))
