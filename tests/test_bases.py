"""The variables of a picture: there and back, the range, and the chain rule."""

import numpy as np
import pytest

from course_utils.optimize.bases import PixelBasis, SpectralBasis, spectral_filter

SHAPES = [(1, 1, 3), (2, 5, 3), (17, 24, 3)]  # Tiny and odd ones too.
BASES = [PixelBasis, SpectralBasis]


def inside(rng, shape):
    """A picture within the spectral basis' margin, where nothing is pulled."""
    return rng.uniform(16, 239, shape).astype("float32")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("basis", BASES)
def test_a_picture_comes_back_from_its_vector(basis, shape, rng):
    space, picture = basis(shape), inside(rng, shape)
    vector = space.vector(picture)
    assert vector.shape == (picture.size,) and vector.dtype == np.float32
    back = space.picture(vector)
    assert back.shape == shape and back.dtype == np.float32
    np.testing.assert_allclose(back, picture, atol=2e-3)  # float32 has 1e-5 at 127; arctanh and the filter cost more.


@pytest.mark.parametrize("basis", BASES)
def test_nothing_given_is_written_to_or_shared(basis, rng):
    space, picture = basis((6, 7, 3)), inside(rng, (6, 7, 3))
    original = picture.copy()
    vector = space.vector(picture)
    kept = vector.copy()
    space.picture(vector)[:] = 0
    space.gradient(picture, picture)
    np.testing.assert_array_equal(vector, kept)
    vector[:] = 0
    np.testing.assert_array_equal(picture, original)


@pytest.mark.parametrize("basis", BASES)
def test_scipys_float64_vectors_give_float32_pictures(basis, rng):
    vector = basis((6, 7, 3)).vector(inside(rng, (6, 7, 3))).astype("float64")
    assert basis((6, 7, 3)).picture(vector).dtype == np.float32


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("basis", BASES)
def test_the_gradient_follows_the_chain_rule(basis, shape, rng):
    """Along a random direction, since float32 leaves too few digits for one variable at a time."""
    space = basis(shape)
    vector, direction = space.vector(inside(rng, shape)), rng.normal(size=np.prod(shape)).astype("float32")
    direction /= np.sqrt(np.mean(direction**2))  # Pixels then move by about 1, and tanh hardly bends.
    weights = rng.normal(size=shape)
    change = space.picture(vector + direction).astype("float64") - space.picture(vector - direction)
    expected = np.sum(weights * change) / 2
    gradient = space.gradient(space.picture(vector), weights.astype("float32"))
    assert gradient.shape == vector.shape
    assert np.dot(gradient.astype("float64"), direction) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("scale", [1, 1e2, 1e4, 1e8])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_vector_leaves_the_range(scale, shape, rng):
    space = SpectralBasis(shape)
    picture = space.picture(rng.normal(0, scale, np.prod(shape)))
    assert space.in_range and picture.min() >= 0 and picture.max() <= 255
    if scale >= 1e4:  # The test is one only where the values would like to leave it.
        assert min(picture.min(), 255 - picture.max()) < 1


def test_black_and_white_are_pulled_to_the_margin_where_the_slope_lives():
    picture = np.zeros((4, 6, 3), "float32")
    picture[:, 3:] = 255
    space = SpectralBasis(picture.shape)
    start = space.picture(space.vector(picture))
    np.testing.assert_allclose(start[:, :3], 16, atol=2e-3)
    np.testing.assert_allclose(start[:, 3:], 239, atol=2e-3)
    assert np.abs(space.gradient(start, np.ones_like(start))).max() > 0.1


def test_a_wider_reach_lets_the_values_leave_the_range_and_says_so():
    space = SpectralBasis((4, 4, 3), reach=200.0, margin=0.0)
    assert not space.in_range
    picture = np.linspace(0, 255, 48, dtype="float32").reshape(4, 4, 3)
    np.testing.assert_allclose(space.picture(space.vector(picture)), picture, atol=2e-3)
    assert space.picture(np.full(48, 1e3)).max() > 255


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cosine_transform_keeps_lengths(shape, rng):
    space, picture = SpectralBasis(shape), inside(rng, shape)
    values = 127.5 * np.arctanh((picture.astype("float64") - 127.5) / 127.5)
    spectrum = space.vector(picture).reshape(shape) * space.filter
    assert np.linalg.norm(spectrum) == pytest.approx(np.linalg.norm(values), rel=1e-5)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_filter_favours_slow_changes_and_keeps_the_mean_size(shape, power):
    weights = SpectralBasis(shape, power).filter[..., 0].astype("float64")
    assert np.mean(weights**2) == pytest.approx(1, rel=1e-5)
    assert (np.diff(weights, axis=0) <= 0).all() and (np.diff(weights, axis=1) <= 0).all()


def test_the_filter_is_a_power_of_the_frequency():
    weights = SpectralBasis((64, 64, 3), power=0.5).filter[:, 0, 0]
    assert weights[0] == weights[2]  # Up to one period a picture nothing changes ...
    assert weights[8] / weights[32] == pytest.approx(2)  # ... and four times the frequency has half the weight.


@pytest.mark.parametrize("blur", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("power", [0.0, 0.5, 2.0])
def test_a_filter_has_the_mean_square_1(power, blur):
    weights = spectral_filter((23, 40, 3), power, blur)
    assert weights.shape == (23, 40, 1) and weights.dtype == np.float32 and weights.min() >= 0
    assert np.mean(weights.astype("float64") ** 2) == pytest.approx(1, rel=1e-5)


def test_a_filter_without_power_and_blur_is_1():
    np.testing.assert_array_equal(spectral_filter((5, 8), 0.0), np.ones((5, 8, 1)))


def test_a_frequency_is_that_of_rows_and_columns_together():
    """Cosine k makes k / 2 periods a picture, along either side, whatever their lengths."""
    weights = spectral_filter((32, 48), 1.0)[..., 0]
    assert weights[0, 0] / weights[6, 0] == pytest.approx(3)
    assert weights[0, 0] / weights[0, 6] == pytest.approx(3)
    assert weights[0, 0] / weights[6, 8] == pytest.approx(5)  # 3 and 4 periods.


def test_blur_is_the_known_transform_of_a_gaussian():
    """exp(-2 pi^2 sigma^2 f^2), f in periods a pixel: at 8 pixels a period and sigma 2, exp(-pi^2 / 8) = 0.291."""
    weights = spectral_filter((32, 64), 0.0, blur=2.0)[..., 0]
    assert weights[8, 0] / weights[0, 0] == pytest.approx(0.2912, rel=1e-3)
    assert weights[0, 16] / weights[0, 0] == pytest.approx(0.2912, rel=1e-3)
    assert weights[8, 16] / weights[0, 0] == pytest.approx(0.2912**2, rel=1e-3)


def test_power_and_blur_are_multiplied():
    both, power, blur = (spectral_filter((20, 30), *options) for options in ((0.5, 1.5), (0.5, 0.0), (0.0, 1.5)))
    product = power * blur
    np.testing.assert_allclose(both / both[0, 0], product / product[0, 0], rtol=1e-4, atol=1e-7)


def test_pixels_are_the_picture_itself(rng):
    space, picture = PixelBasis((5, 4, 3)), rng.normal(0, 300, (5, 4, 3)).astype("float32")
    np.testing.assert_array_equal(space.picture(space.vector(picture)), picture)  # Beyond 0..255 too.
    np.testing.assert_array_equal(space.gradient(picture, picture), picture.ravel())
    assert not space.in_range and space.bounds == (0, 255)
