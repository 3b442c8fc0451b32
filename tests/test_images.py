"""Pictures: whatever a learner brings is loaded right or refused in one line; what is saved comes back."""

import io
import os

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageDraw, features

from course_utils.errors import CourseError, printable
from course_utils.pictures.loading import frames_of, load_mask, load_picture, read_settings
from course_utils.pictures.saving import check_output, encode, save_animation, save_picture, to_image
from course_utils.pictures.shipped import names
from course_utils.pictures.sizes import resize

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def quarters():
    """A Pillow image of 30 x 20 pixels, its four quarters red, green, blue and white: each corner is known again."""
    image = Image.new("RGB", (30, 20), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 14, 9), RED)
    draw.rectangle((15, 0, 29, 9), GREEN)
    draw.rectangle((0, 10, 14, 19), BLUE)
    return image


def file_of(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def corners(picture):
    """The corner pixels, from the upper left, row by row."""
    return [tuple(int(v) for v in np.rint(picture[y, x])) for y in (1, -2) for x in (1, -2)]


# Loading


@pytest.mark.parametrize("kind", ["path", "text", "bytes", "Pillow", "array", "float64 array"])
def test_a_picture_comes_as_a_file_as_bytes_as_an_image_or_as_an_array(kind, quarters, tmp_path):
    path = tmp_path / "quarters.png"
    quarters.save(path)
    array = np.asarray(quarters)
    sources = {"path": path, "text": str(path), "bytes": path.read_bytes(), "Pillow": quarters, "array": array}
    picture = load_picture(sources.get(kind, array.astype("float64")))
    assert picture.shape == (20, 30, 3) and picture.dtype == np.float32 and picture.flags.writeable
    np.testing.assert_array_equal(picture, array)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "WEBP", "GIF"])
def test_lossless_formats_keep_every_pixel(format, quarters):
    options = {"lossless": True} if format == "WEBP" else {}
    np.testing.assert_array_equal(load_picture(file_of(quarters, format, **options)), np.asarray(quarters))


def test_every_name_of_a_shipped_picture_loads():
    shipped = names()
    assert "cat" in shipped["photographs"] and len(shipped["paintings"]) >= 5
    for name in shipped["photographs"] + shipped["paintings"]:
        picture = load_picture(name, 40)
        assert max(picture.shape) == 40 and picture.std() > 20  # A picture, and no even sheet.


def test_a_file_is_preferred_to_a_shipped_picture_of_its_name(quarters, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat").write_bytes(file_of(quarters))
    assert load_picture("cat").shape == (20, 30, 3)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),  # mirrored
        (3, [WHITE, BLUE, GREEN, RED]),  # upside down
        (6, [BLUE, RED, WHITE, GREEN]),  # to be turned clockwise
        (8, [GREEN, WHITE, RED, BLUE]),  # to be turned the other way
    ],
)
def test_a_cameras_rotation_is_applied(orientation, expected, quarters):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert corners(load_picture(file_of(quarters, exif=exif))) == expected


@pytest.mark.parametrize("kind", ["RGBA", "LA", "palette", "array"])
def test_transparency_is_laid_on_white(kind):
    rgba = np.zeros((2, 2, 4), "uint8")
    rgba[0, 0, 3], rgba[0, 1, 3] = 255, 51  # Black: solid, a fifth, and none at all.
    if kind == "palette":
        image = Image.fromarray(rgba[..., 3] // 51 % 5).convert("P")
        source = file_of(image, "GIF", transparency=0)
        expected = [[WHITE, (1, 1, 1)], [WHITE, WHITE]]  # One index of a palette is either there or not.
    else:
        source = rgba if kind == "array" else file_of(Image.fromarray(rgba).convert(kind))
        expected = [[(0, 0, 0), (204, 204, 204)], [WHITE, WHITE]]
    np.testing.assert_allclose(load_picture(source), expected, atol=0.5)


def test_greys_become_three_equal_channels():
    grey = np.arange(6, dtype="uint8").reshape(2, 3) * 50
    for source in (grey, file_of(Image.fromarray(grey)), Image.fromarray(grey)):
        np.testing.assert_array_equal(load_picture(source), np.stack([grey] * 3, -1))


@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "RGBA"])
def test_other_ways_to_write_colours_are_read(mode, quarters):
    picture = load_picture(file_of(quarters.convert(mode), "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"))
    np.testing.assert_allclose(picture, np.asarray(quarters), atol=2)  # YCbCr rounds.


@pytest.mark.parametrize("values", [[0, 13107, 26214, 65535], [0, 100, 200, 255]], ids=["bright", "dark"])
def test_sixteen_bits_are_scaled_and_not_clipped(values):
    grey = np.array([values], "uint16")
    picture = load_picture(file_of(Image.fromarray(grey)))
    np.testing.assert_allclose(picture[..., 0], grey / 257, atol=0.01)  # 65535 / 257 = 255.


@pytest.mark.parametrize(("values", "unit"), [([0, 12, 255], 1), ([0, 13107, 65535], 257)])
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_a_scientific_tiff_of_wide_numbers_may_hold_eight_bits_or_sixteen(dtype, values, unit):
    grey = np.array([values], dtype)
    np.testing.assert_allclose(load_picture(file_of(Image.fromarray(grey), "TIFF"))[..., 1], grey / unit, atol=0.01)


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile():
    """A profile whose red primary is sRGB's green and the other way round: the tags of its table change names."""
    return srgb_profile().replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (srgb_profile(), [RED, GREEN, BLUE, WHITE]),
        (swapped_profile(), [GREEN, RED, BLUE, WHITE]),
        (b"no profile at all", [RED, GREEN, BLUE, WHITE]),
    ],
    ids=["sRGB", "another", "broken"],
)
def test_a_colour_profile_is_applied_and_a_broken_one_is_passed_over(mode, profile, expected, quarters):
    picture = load_picture(file_of(quarters.convert(mode), icc_profile=profile))
    np.testing.assert_allclose(corners(picture), expected, atol=2)


def test_a_phones_heic_is_read(quarters):
    try:
        data = io.BytesIO()
        pillow_heif.from_pillow(quarters.resize((120, 80), Image.Resampling.NEAREST)).save(data, quality=95)
    except RuntimeError:
        pytest.skip("this build of pillow-heif cannot write HEIC")
    picture = load_picture(data.getvalue())
    assert picture.shape == (80, 120, 3)
    np.testing.assert_allclose(corners(picture), [RED, GREEN, BLUE, WHITE], atol=12)


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(format, quarters):
    others = [Image.new("RGB", quarters.size, colour) for colour in (GREEN, BLUE)]
    options = {"lossless": True} if format == "WEBP" else {}
    data = file_of(quarters, format, save_all=True, append_images=others, **options)
    assert corners(load_picture(data)) == [RED, GREEN, BLUE, WHITE]


def test_the_array_given_is_never_changed_nor_shared():
    array = np.full((8, 8, 3), 100, "float32")
    for picture in (load_picture(array), resize(array, 8), resize(array, 4)):
        picture += 1
        encode(picture)
    np.testing.assert_array_equal(array, 100)


# Refusing


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF"])
def test_a_cut_off_file_is_refused_wherever_it_is_cut(format, make_picture, refused, tmp_path):
    image = to_image(make_picture(64, 96))
    if format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow knows no AVIF")
    pillow_heif.register_heif_opener()
    try:
        data = file_of(image, format)
    except (RuntimeError, KeyError):
        pytest.skip(f"this build cannot write {format}")
    path = tmp_path / "holiday"
    for share in (0.01, 0.1, 0.5, 0.9):
        path.write_bytes(data[: int(share * len(data))])
        with refused(str(path)):
            load_picture(path)


@pytest.mark.parametrize("error", [OSError, EOFError, RuntimeError, SyntaxError, ValueError])
def test_whatever_a_decoder_raises_the_file_is_named(error, quarters, refused, monkeypatch):
    def fail(image, name):
        raise error("broken data stream\nat block 7")

    monkeypatch.setattr("course_utils.pictures.loading.pixels_of", fail)
    with refused("the uploaded file", "damaged", "broken data stream"):
        load_picture(file_of(quarters))


@pytest.mark.parametrize("data", [b"", b"Dear diary,\n", b"%PDF-1.7\n", bytes(1000)])
def test_what_is_no_picture_is_refused(data, refused, tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(data)
    with refused(str(path), "not a picture"):
        load_picture(path)
    with refused("the uploaded file", "not a picture"):
        load_picture(data)


def test_a_file_of_too_many_pixels_is_refused_before_it_fills_the_memory(refused):
    with refused("uploaded file", "pixels", "smaller"):
        load_picture(file_of(Image.new("1", (20_000, 10_000))))


def test_a_folder_is_refused(refused, tmp_path):
    with refused(str(tmp_path), "folder"):
        load_picture(tmp_path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("astronuat", "did you mean astronaut"),
        ("night_swirl", "did you mean night_swirls"),
        ("holiday.jpg", "shipped pictures are cat"),
        ("~nobody-of-this-name/holiday.jpg", "no such file"),
        ("x" * 5000, "no such file"),
        ("a\0b", "no such file"),
        ("\x1b[2Ja.png", "\\x1b[2Ja.png: no such file"),
    ],
    ids=["misspelt photograph", "misspelt painting", "file", "unknown home", "too long", "zero byte", "escape code"],
)
def test_a_missing_file_is_refused_with_the_nearest_names(name, hint, refused):
    with refused(printable(name), hint):
        load_picture(name)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(12),
        np.zeros((4, 4, 1)),
        np.zeros((1, 4, 4, 3)),
        np.zeros((0, 4, 3)),
        np.zeros((4, 4, 3), complex),
        np.full((4, 4, 3), "1"),
    ],
    ids=lambda array: f"{array.shape} {array.dtype}",
)
def test_an_array_that_is_no_picture_is_refused(array, refused):
    with refused(str(array.shape), str(array.dtype)):
        load_picture(array)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused(value, refused):
    array = np.zeros((4, 4, 3))
    array[1, 2, 0] = value
    with refused("not numbers"):
        load_picture(array)


# Resizing


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        ((30, 60), 20, (10, 20)),
        ((60, 30), 20, (20, 10)),
        ((30, 60), 120, (60, 120)),
        ((30, 60), (7, 9), (7, 9)),
        ((4, 400), 20, (1, 20)),  # Never less than a pixel.
    ],
)
def test_resizing_keeps_the_aspect_or_is_exact(shape, size, expected, make_picture):
    resized = resize(make_picture(*shape), size)
    assert resized.shape == (*expected, 3) and resized.dtype == np.float32
    assert resized.min() >= 0 and resized.max() <= 255


def test_lanczos_does_not_overshoot_the_range():
    edge = np.zeros((16, 16, 3), "float32")
    edge[:, 8:] = 255
    resized = resize(edge, 40)
    assert resized.min() == 0 and resized.max() == 255


def test_loading_to_a_size_resizes(quarters):
    assert load_picture(quarters, 15).shape == (10, 15, 3)


@pytest.mark.parametrize("size", [0, -3, (0, 5)])
def test_an_empty_size_is_refused(size, refused, make_picture):
    with refused("empty"):
        resize(make_picture(8, 8), size)


# Saving


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.jpg", "a.jpeg", "a.webp"])
def test_what_is_saved_comes_back(name, make_picture, tmp_path):
    picture = make_picture(24, 36)
    original = picture.copy()
    out = save_picture(picture, tmp_path / name)
    assert out == tmp_path / name and [path.name for path in tmp_path.iterdir()] == [name]
    np.testing.assert_array_equal(picture, original)
    difference = np.abs(load_picture(out) - picture)
    assert difference.max() <= 0.5 if out.suffix.lower() == ".png" else difference.mean() < 10  # Colour grain blurs.


def test_values_are_rounded_and_clipped(tmp_path):
    save_picture(np.array([[[-40, 99.6, 300]]], "float32"), tmp_path / "a.png")
    assert load_picture(tmp_path / "a.png").tolist() == [[[0, 100, 255]]]


def test_settings_come_back_from_a_png(make_picture, tmp_path):
    settings = {"style": "Sternennacht über der Rhône, 星月夜", "steps": 75}
    save_picture(make_picture(8, 8), tmp_path / "a.png", settings)
    assert read_settings(tmp_path / "a.png") == {"style": settings["style"], "steps": "75"}


def test_a_picture_without_settings_has_none(make_picture, tmp_path):
    save_picture(make_picture(8, 8), tmp_path / "a.jpg", {"steps": 75})
    assert read_settings(tmp_path / "a.jpg") == {}


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(error, make_picture, tmp_path, monkeypatch):
    out = tmp_path / "a.png"
    save_picture(make_picture(8, 8), out)
    before = out.read_bytes()

    def fail(image, file, *args, **options):
        file.write(b"half a pic")
        raise error

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(CourseError if isinstance(error, OSError) else KeyboardInterrupt) as caught:
        save_picture(make_picture(8, 8, seed=1), out)
    assert isinstance(error, KeyboardInterrupt) or str(caught.value) == f"{out} could not be written: disk full."
    assert out.read_bytes() == before and list(tmp_path.iterdir()) == [out]


def test_what_holds_no_numbers_is_refused_before_the_file_that_is_there_is_touched(make_picture, refused, tmp_path):
    out, film = tmp_path / "a.png", tmp_path / "a.gif"
    picture = make_picture(8, 8)
    save_picture(picture, out)
    save_animation([picture], film)
    before = out.read_bytes(), film.read_bytes()
    picture[3, 4, 1] = np.nan
    with refused("NaN"):
        save_picture(picture, out)
    with refused("NaN"):
        save_animation([make_picture(8, 8, seed=1), picture], film)
    assert (out.read_bytes(), film.read_bytes()) == before


@pytest.mark.parametrize("name", ["~draft.png", "~nobody-of-this-name.png"])
def test_a_tilde_without_a_user_is_a_part_of_the_name(name, make_picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_picture(make_picture(8, 8), name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert load_picture(name).shape == (8, 8, 3)


def test_a_tilde_with_a_user_is_her_folder(make_picture, tmp_path, monkeypatch):
    monkeypatch.setenv("USERPROFILE" if os.name == "nt" else "HOME", str(tmp_path))
    assert save_picture(make_picture(8, 8), "~/a.png") == tmp_path / "a.png"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        (".", "folder"),
        ("a.bmp", "'.bmp'"),
        ("a", "(none)"),
        ("no/such/folder/a.png", "no folder"),
        ("x" * 300 + ".png", "choose another name"),
    ],
)
def test_an_impossible_output_is_refused_before_the_work(name, word, refused, tmp_path):
    with refused(str(tmp_path / name), word):
        check_output(tmp_path / name)


def test_an_output_that_may_not_be_written_is_refused(refused, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # Permissions do not bind an administrator.
    with refused("a.png", "may not be written"):
        check_output(tmp_path / "a.png")


@pytest.mark.parametrize("type_", ["gif", "png", "webp"])
def test_an_animation_keeps_its_frames_and_lingers_on_the_last(type_, make_picture, tmp_path):
    out = save_animation((make_picture(20, 30, seed) for seed in range(4)), tmp_path / f"a.{type_}", 0.2)
    frames = frames_of(out)
    assert [frame.shape for frame in frames] == [(20, 30, 3)] * 4
    assert np.abs(frames[2] - make_picture(20, 30, 2)).mean() < 12  # 256 colours and lossy WebP leave a picture known.
    with Image.open(out) as image:
        times = []
        for k in range(image.n_frames):
            image.seek(k)
            image.load()
            times.append(image.info["duration"])
    assert times == [200, 200, 200, 1500]


def test_an_animation_without_frames_or_of_a_wrong_type_is_refused(refused, make_picture, tmp_path):
    with refused("no frame"):
        save_animation([], tmp_path / "a.gif")
    with refused("a.avi", "'.avi'"):
        save_animation([make_picture(8, 8)], tmp_path / "a.avi")


# The mask


def test_a_masks_lightness_is_stretched_over_the_picture():
    grey = load_mask(np.full((5, 7, 3), [51.0, 102.0, 153.0]), (20, 30, 3))
    assert grey.shape == (20, 30)
    np.testing.assert_allclose(grey, 0.4, rtol=1e-5)
    halves = load_mask(np.repeat([[0.0, 255.0]], 2, 0), (40, 60))
    assert halves.min() == 0 and halves.max() == 1
    np.testing.assert_allclose(halves + halves[:, ::-1], 1, atol=1e-5)
    assert (np.diff(halves, axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.zeros((4, 4)), ["--mask m.png is black everywhere", "light"]),
        (np.full((4, 4), float("nan")), ["not numbers"]),
    ],
)
def test_a_mask_that_is_black_or_no_picture_is_refused(mask, words, refused):
    with refused(*words):
        load_mask(mask, (8, 8), "--mask m.png")
