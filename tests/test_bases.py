"""The variables in which a picture is optimised."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft

from course_utils.bases import PixelBasis, SpectralBasis

SHAPES = [(1, 1, 3), (2, 5, 3), (17, 32, 3)]


@pytest.mark.parametrize("basis", [PixelBasis, SpectralBasis])
@pytest.mark.parametrize("shape", SHAPES)
def test_there_and_back(basis, shape, rng) -> None:
    picture = rng.uniform(17, 238, shape).astype("float32")
    space = basis(shape)
    vector = space.vector(picture)
    assert vector.shape == (picture.size,) and vector.dtype == np.float32
    assert np.abs(space.picture(vector) - picture).max() < 0.01


@pytest.mark.parametrize("basis", [PixelBasis, SpectralBasis])
def test_the_gradient_by_central_differences(basis, rng) -> None:
    space, weights = basis((6, 7, 3)), rng.normal(size=(6, 7, 3)).astype("float32")
    vector = space.vector(rng.uniform(30, 220, (6, 7, 3)).astype("float32"))
    gradient = space.gradient(space.picture(vector), weights)
    for _ in range(5):  # Along random directions: single float32 differences would drown in rounding.
        direction = rng.normal(size=vector.size).astype("float32")
        ahead, behind = (space.picture(vector + s * direction).astype("float64") for s in (0.5, -0.5))
        assert float(gradient @ direction) == pytest.approx(float(np.sum(weights * (ahead - behind))), rel=0.01, abs=0.05)


def test_values_stay_in_range(rng) -> None:
    picture = SpectralBasis((9, 8, 3)).picture(rng.normal(0, 1e4, 9 * 8 * 3).astype("float32"))
    assert picture.min() >= 0 and picture.max() <= 255
    assert picture.min() < 1 and picture.max() > 254, "and they use all of it"


def test_black_and_white_can_still_move() -> None:
    space = SpectralBasis((4, 4, 3))
    white = np.full((4, 4, 3), 255, "float32")
    pulled = space.picture(space.vector(white))
    assert pulled == pytest.approx(np.full((4, 4, 3), 239.0), abs=0.01)
    assert np.abs(space.gradient(pulled, np.ones_like(pulled))).max() > 0.1


def test_the_filter_favours_slow_changes_and_keeps_the_scale() -> None:
    weights = SpectralBasis((32, 48, 3)).filter[..., 0]
    assert np.mean(weights**2) == pytest.approx(1, rel=1e-5)
    assert weights[0, 0] == weights.max() and weights[-1, -1] == weights.min()
    # 16 periods down and 24 across, less half a period each: f = 28.2; amplitudes fall as f^-0.5.
    assert weights[0, 0] / weights[-1, -1] == pytest.approx(np.hypot(15.5, 23.5) ** 0.5, rel=1e-4)


def test_without_filter_and_squash_it_is_a_rotation(rng) -> None:
    space = SpectralBasis((8, 9, 3), power=0)
    picture = rng.uniform(100, 155, (8, 9, 3)).astype("float32")
    y = 127.5 * np.arctanh((picture - 127.5) / 127.5)
    assert np.linalg.norm(space.vector(picture)) == pytest.approx(np.linalg.norm(y), rel=1e-5)
    assert space.vector(picture) == pytest.approx(scipy.fft.dctn(y, axes=(0, 1), norm="ortho").ravel(), abs=1e-2)
