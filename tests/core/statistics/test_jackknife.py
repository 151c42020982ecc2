from __future__ import annotations

import math

import numpy as np
import pytest

from nlptasks.statistics.jackknife import GROUPS, jackknife, pseudo_values, tailed_df, uneven_df

from .systems import Area, Mean, curve, two_systems, with_ones


def test_a_mean_has_the_textbook_standard_error() -> None:
    a, _ = two_systems(80)
    found = jackknife(Mean(), a)
    assert found.value == pytest.approx(a[:, 0].mean())
    assert found.error == pytest.approx(a[:, 0].std(ddof=1) / math.sqrt(80))
    assert (found.units, found.df, found.grouped) == (80, 79, False)


def test_counts_and_clusters_of_one_sample_change_nothing() -> None:
    values = np.repeat([0.0, 0.5, 1.0], [10, 6, 24])
    plain = jackknife(Mean(), with_ones(values))
    counted = jackknife(Mean(), with_ones(np.array([0.0, 0.5, 1.0])), counts=np.array([10, 6, 24]))
    alone = jackknife(Mean(), with_ones(values), clusters=[f"{at:02d}" for at in range(40)])
    for other in (counted, alone):
        assert (other.value, other.error, other.df) == pytest.approx((plain.value, plain.error, plain.df))


def test_many_samples_are_left_out_in_groups() -> None:
    a, _ = two_systems(3 * GROUPS)
    found = jackknife(Mean(), a)
    assert found.grouped and found.units == 3 * GROUPS
    assert found.error == pytest.approx(a[:, 0].std() / math.sqrt(len(a)), rel=0.1)


def test_an_area_has_an_error_by_samples_and_by_clusters() -> None:
    owner = np.repeat(np.arange(15), 4).tolist()
    for clusters in (None, owner):
        found = jackknife(Area(), curve(), clusters=clusters)
        assert 0 < found.error < 0.2
        assert found.units == (60 if clusters is None else 15)


def test_pseudo_values_of_a_mean_are_the_values() -> None:
    a, b = two_systems(30)
    found, pseudo = pseudo_values(Mean(), [a, b])
    assert found == pytest.approx([a[:, 0].mean(), b[:, 0].mean()])
    np.testing.assert_allclose(pseudo, [a[:, 0], b[:, 0]], atol=1e-12)


def test_large_clusters_and_long_tails_leave_fewer_degrees_of_freedom() -> None:
    even, uneven = np.repeat(np.arange(10), 5), np.repeat(np.arange(10), [41, *[1] * 9])
    assert uneven_df(even, np.ones(50)) == pytest.approx(9)
    assert uneven_df(uneven, np.ones(50)) == 1
    assert tailed_df(29, np.tile([-1.0, 1.0], 15)) == 29
    assert tailed_df(29, np.array([10.0, *[0.0] * 29])) < 5
