"""Where the maps of a grid lie, how a map's values are spread, and numbers as pictures with a sign."""

import numpy as np
import pytest

from course_utils.explore.maps import (
    Grid,
    as_picture,
    distribution,
    enlarged,
    grid_of,
    map_grid,
    nearly_largest,
    side_by_side,
    strongest_channels,
)


@pytest.mark.parametrize("count, columns", [(7, 3), (6, 3), (2, 8), (1, 1)])
def test_a_click_finds_the_map_that_is_drawn_there(rng, count, columns):
    """Each map is white alone, one after the other; wherever its white lies, the grid says its number."""
    grid = grid_of(np.zeros((1, 4, 6, count)), count, columns, width=12)
    assert (grid.width, grid.height) == (12, 8)
    for k in range(count):
        features = np.zeros((1, 4, 6, count), "float32")
        features[..., k] = 1
        drawn = map_grid(features, channels=range(count), columns=columns, width=12)
        assert drawn.shape[:2] == grid.sides
        height, width = grid.sides
        left, top, right, bottom = grid.box(k)
        inside = drawn[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
        assert inside.shape[:2] == (8, 12)
        assert (inside == 255).all()
        for x, y in ((left, top), (right, bottom), ((left + right) / 2, (top + bottom) / 2)):
            assert grid.at(x - (x == right) * 1e-6, y - (y == bottom) * 1e-6) == k
    assert grid.at(1.0, 1.0) == (count - 1 if count % grid.columns == 0 else None)


def test_the_channels_of_the_highest_mean_come_first(rng):
    features = rng.uniform(0, 1, (1, 3, 4, 5)).astype("float32") * np.array([1, 5, 2, 4, 3], "float32") ** 3
    assert strongest_channels(features, 3) == [1, 3, 4]
    assert strongest_channels(features[0], 9) == [1, 3, 4, 2, 0]


def test_a_distribution_leaves_out_the_zeros():
    share, counts, edges = distribution(np.array([[0.0, 0, 0, 0.5], [1.5, 2.0, 2.0, 0]]), bins=2)
    assert share == 0.5
    assert counts.tolist() == [1, 3]
    assert edges.tolist() == [0, 1, 2]
    share, counts, edges = distribution(np.zeros((3, 3)), bins=4)
    assert (share, counts.sum(), edges[-1]) == (1, 0, 1)


def test_with_a_sign_grey_is_nothing_even_where_nothing_is_below_0():
    values = np.array([[0.0, 1.0], [0.5, 0.0]])
    assert as_picture(values, 1, signed=True)[..., 0].tolist() == [[127.5, 255], [191.25, 127.5]]
    assert as_picture(values, 1)[..., 0].tolist() == [[0, 255], [127.5, 0]]
    assert (as_picture(0 * values, signed=True) == 127.5).all()
    assert nearly_largest(-values) == pytest.approx(1, abs=0.01)
    assert nearly_largest(0 * values) > 0


def test_pictures_side_by_side_lie_where_the_grid_says(make_picture):
    pictures = [make_picture(3, 3, 1), make_picture(40, 40, 2), make_picture(6, 6, 3)]
    drawn, grid = side_by_side(pictures, columns=2, width=12), Grid(3, 2, 12, 12)
    assert drawn.shape[:2] == grid.sides
    top, left = grid.corner(2)
    np.testing.assert_array_equal(drawn[top : top + 12, left : left + 12], np.kron(pictures[2], np.ones((2, 2, 1))))
    np.testing.assert_array_equal(enlarged(pictures[0], 6), np.kron(pictures[0], np.ones((2, 2, 1))))
    assert enlarged(pictures[1], 10).shape == (10, 10, 3)
