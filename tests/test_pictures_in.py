"""How pictures and masks come in: by dtype and range, odd files, transparency, and within a limit of memory."""

import io
import logging
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.backend import tf
from course_utils.pictures import decoding, keep_alpha, load_mask, load_picture, save_picture
from course_utils.pictures.regions import region_mask

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT.parent / "shared" / "cases"
RAMP = np.array([[0, 51, 102], [153, 204, 255]], "float32")  # Fifths of 255.
HALF = np.repeat([[1.0, 0.0]], 30, 1).repeat(40, 0)  # 1 in the left half of 40 x 60.


def file_of(image, format="PNG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def tiff(planes, *, bits, sample_format, planar, extra=()):
    """The bytes of an uncompressed TIFF; planes: the bytes of each strip. Of 4 x 3 pixels in RGB."""
    count = len(planes)
    entries = [(256, 3, 1, 4), (257, 3, 1, 3), (258, 3, 3, None), (259, 3, 1, 1), (262, 3, 1, 2)]
    entries += [(273, 4, count, None), (277, 3, 1, 3), (278, 3, 1, 3), (279, 4, count, None), (284, 3, 1, planar)]
    entries += [(339, 3, 3, None), *extra]
    entries.sort()
    values_at = 8 + 2 + 12 * len(entries) + 4
    tables = {258: struct.pack("<3H", *[bits] * 3), 339: struct.pack("<3H", *[sample_format] * 3)}
    tables |= {279: struct.pack(f"<{count}L", *map(len, planes)), 273: b"\0" * 4 * count}
    places, at = {}, values_at
    for tag, data in tables.items():
        places[tag], at = at, at + len(data)
    tables[273] = struct.pack(f"<{count}L", *[at + sum(map(len, planes[:k])) for k in range(count)])
    table = b""
    for tag, kind, number, value in entries:
        if value is None and len(tables[tag]) <= 4:
            table += struct.pack("<HHL", tag, kind, number) + tables[tag].ljust(4, b"\0")
        else:
            table += struct.pack("<HHLL", tag, kind, number, places[tag] if value is None else value)
    return (
        b"II*\0" + struct.pack("<LH", 8, len(entries)) + table + bytes(4) + b"".join(tables.values()) + b"".join(planes)
    )


# Arrays


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float16", "float32", "float64"])
def test_an_array_of_any_dtype_holds_0_to_255(dtype):
    np.testing.assert_array_equal(load_picture(RAMP.astype(dtype))[..., 1], RAMP)


def test_arrays_whose_dtype_says_what_white_is():
    np.testing.assert_allclose(load_picture((RAMP * 257).astype("uint16"))[..., 0], RAMP, atol=1e-4)
    np.testing.assert_array_equal(load_picture(RAMP > 127)[..., 0], np.where(RAMP > 127, 255, 0))


def test_a_tensor_is_a_picture():
    np.testing.assert_array_equal(load_picture(tf.constant(RAMP)), load_picture(RAMP))


def test_rounding_beyond_the_range_is_clipped():
    picture = load_picture(np.array([[-0.4, 255.4]]))
    assert picture.min() == 0 and picture.max() == 255


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (RAMP / 255, ["values from 0 to 1: multiply by 255"]),
        (RAMP.astype("uint16"), ["uint16", "65535", 'astype("uint8")']),
        (RAMP - 100, ["from -100 to 155", "0 (black) to 255 (white)"]),
        (RAMP.astype("int32") * 4, ["from 0 to 1020"]),
        (RAMP * 1e30, ["e+32"]),
        (np.where(RAMP > 200, np.nan, RAMP), ["not numbers"]),
        ([[1, 2], [3, 4]], ["a file, a name, an array or a Pillow image", "[[1, 2], [3, 4]]"]),
        (None, ["not None"]),
    ],
)
def test_an_array_in_another_range_is_refused_and_not_shown_black(array, words, refused):
    with refused("the picture", *words):
        load_picture(array)


# Files


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RAMP / 255, RAMP),  # Floats that end at 1.
        (RAMP, RAMP),
        (RAMP * 257, RAMP),  # As 16 bits.
        (RAMP.astype("int32"), RAMP),
        ((RAMP * 257).astype("int32"), RAMP),
    ],
    ids=["0 to 1", "0 to 255", "0 to 65535", "int32", "int32 of 16 bits"],
)
def test_a_scientific_tiff_is_read_by_its_range(values, expected):
    picture = load_picture(file_of(Image.fromarray(values), "TIFF"))
    np.testing.assert_allclose(picture[..., 2], expected, atol=0.01)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.where(RAMP > 200, np.nan, RAMP), "not numbers"),
        (RAMP - 500, "from -500 to -245"),
        (RAMP - 1e30, "-1e+30"),
        (RAMP * 1e4, "to 2.55e+06"),
        (RAMP / 255 * 1.02, "to 1.02"),  # Neither 0 to 1 nor 0 to 255.
        ((RAMP - 500).astype("int32"), "from -500"),
    ],
)
def test_a_file_out_of_every_range_is_refused_by_its_name(values, words, refused, tmp_path):
    path = tmp_path / "field.tif"
    values = values if values.dtype == np.int32 else values.astype("float32")
    path.write_bytes(file_of(Image.fromarray(values), "TIFF"))
    with refused(str(path), words):
        load_picture(path)


@pytest.mark.parametrize("planar", [1, 2], ids=["interleaved", "planar"])
@pytest.mark.parametrize(
    ("dtype", "bits", "sample_format", "unit"),
    [("<u2", 16, 1, 257), ("<f4", 32, 3, 1 / 255)],
    ids=["16 bits", "floats"],
)
def test_a_tiff_of_deep_colours_is_read_right(planar, dtype, bits, sample_format, unit):
    expected = np.arange(36, dtype="float64").reshape(3, 4, 3) * 7
    values = (expected * unit).astype(dtype)
    planes = [values.tobytes()] if planar == 1 else [np.ascontiguousarray(values[..., k]).tobytes() for k in range(3)]
    picture = load_picture(tiff(planes, bits=bits, sample_format=sample_format, planar=planar))
    np.testing.assert_allclose(picture, expected, atol=1)  # Pillow takes the upper 8 of 16 bits.


def test_a_tiff_that_no_library_here_reads_is_one_line(refused, caplog):
    data = tiff([bytes(3)] * 3, bits=16, sample_format=1, planar=2)  # Strips that are too short.
    with caplog.at_level(logging.WARNING), refused("the uploaded file"):
        load_picture(data)
    assert not caplog.records, "tifffile's own lines would stand in the terminal"
    turned = tiff([bytes(24)] * 3, bits=16, sample_format=1, planar=2, extra=[(274, 3, 1, 6)])
    with refused("the uploaded file", "TIFF of a kind", "PNG"):
        load_picture(turned)


def test_odd_tags_are_one_line(refused):
    data = bytearray(file_of(Image.new("L", (8, 8)), "TIFF"))
    at = data.index(struct.pack("<HHL", 273, 4, 1))
    data[at + 2 : at + 4] = struct.pack("<H", 2)  # The place of the pixels as a text.
    with refused("the uploaded file", "damaged"):
        load_picture(bytes(data))


def test_tags_that_point_at_the_whole_file_again_and_again_are_refused_at_once(refused):
    entries = b"".join(struct.pack("<HHLL", 1000 + k, 7, 100_000, 8) for k in range(5000))
    data = b"II*\0" + struct.pack("<LH", 8, 5000) + entries + bytes(4) + bytes(100_000)
    with refused("the uploaded file", "tags"):  # Read as Pillow reads them, they would take 500 MB.
        load_picture(data)


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM" + bytes(range(200)), b"garbage"]
)
def test_broken_exif_does_not_refuse_a_good_picture(exif):
    image = Image.fromarray(RAMP.astype("uint8"))
    np.testing.assert_array_equal(load_picture(file_of(image, exif=exif))[..., 0], RAMP)


def test_a_turn_is_kept_beside_a_broken_tag():
    """Pillow's own turning writes all tags again, and fails at one that is broken."""
    table = struct.pack("<HHLL", 0x0112, 3, 1, 3) + struct.pack("<HHLL", 0x011A, 5, 1, 10_000)
    exif = b"Exif\0\0II*\0" + struct.pack("<LH", 8, 2) + table + bytes(4)
    image = Image.fromarray(RAMP.astype("uint8"))
    np.testing.assert_array_equal(load_picture(file_of(image, exif=exif))[..., 0], RAMP[::-1, ::-1])


def test_only_formats_that_are_named_are_opened(refused, tmp_path, monkeypatch):
    """An EPS would start Ghostscript, another program, whatever its file is called."""
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", lambda *args, **options: pytest.fail("Ghostscript was asked"))
    path = tmp_path / "holiday.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n")
    with refused(str(path), *decoding.FORMATS):
        load_picture(path)
    for format in ("PPM", "ICO", "TGA", "PCX"):
        with refused("not a picture that can be read"):
            load_picture(file_of(Image.new("RGB", (16, 16)), format))


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases, files that once made trouble, are not here")
def test_files_that_once_made_trouble():
    loaded = {}
    for path in sorted(CASES.iterdir()):
        try:
            loaded[path.name] = load_picture(path)
        except ValueError as error:
            assert path.name in str(error) and "\n" not in str(error)
    assert not loaded.keys() & {
        "ascii_strip.tif",
        "eps_named.png",
        "float_neg1e30.tif",
        "fuzz_1_1318.tif",
        "int32_neg.tif",
    }
    np.testing.assert_allclose(loaded["rgb16_planar.tif"], loaded["rgbf32.tif"], atol=0.5)  # One picture.
    np.testing.assert_array_equal(loaded["exif_garbage.png"], loaded["SYSTEM.png"])
    assert loaded["float01.tif"].max() > 250


# Memory


MEASURED = """
import resource, sys
from course_utils.pictures.loading import load_picture
load_picture("cat")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print(*load_picture(sys.argv[1]).shape)
except ValueError as error:
    print(error)
unit = 1 if sys.platform == "darwin" else 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)
"""


def memory_of(path):
    """What loading a picture prints, in a process of its own, and how many bytes it took at its height."""
    done = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, cwd=ROOT, check=True)
    words, taken = done.stdout.strip().splitlines()
    return words, int(taken)


def png_header(width, height, bits, colour):
    """A PNG that ends where its pixels should begin."""
    data = b"IHDR" + struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + data + struct.pack(">L", zlib.crc32(data))
    return head + struct.pack(">L", 1000) + b"IDAT" + bytes(100)


@pytest.mark.parametrize(("bits", "colour"), [(16, 0), (16, 2), (8, 2), (8, 6), (1, 0)])
def test_more_pixels_than_memory_holds_are_refused_before_they_are_decoded(bits, colour, refused):
    with refused("177 megapixels", "60 at most", "smaller first"):
        load_picture(png_header(13_300, 13_300, bits, colour))


@pytest.mark.parametrize("start", [b"RIFF\xff\xff\xff\x7fWEBPVP8 ", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"II*\0"])
def test_a_file_of_gigabytes_is_refused_unread(start, tmp_path, refused, monkeypatch):
    monkeypatch.setattr("PIL.Image.open", lambda *args, **options: pytest.fail("it was read"))
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(3_000_000_000)  # Takes no place on the disk.
    with refused(str(path), "3,000 MB", "300 at most"):
        load_picture(path)


def test_a_phones_large_jpeg_is_decoded_smaller(monkeypatch):
    monkeypatch.setattr(decoding, "MOST_MEMORY", 1.5e9 / 100)  # So that 2 megapixels stand for 200.
    data = file_of(Image.linear_gradient("L").resize((1632, 1224)).convert("RGB"), "JPEG")
    picture = load_picture(data)
    assert picture.shape == (306, 408, 3), "a quarter of each side"
    np.testing.assert_allclose(picture[:, 0, 0], np.linspace(0, 255, 306), atol=4)


def test_a_jpeg_that_is_too_large_even_so_is_refused(refused, monkeypatch):
    monkeypatch.setattr(decoding, "MOST_MEMORY", 1.5e9 / 100)
    with refused("4 megapixels", "2 at most", "smaller first"):
        load_picture(file_of(Image.new("RGB", (2000, 2000)), "JPEG"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the most memory that a process took")
@pytest.mark.parametrize(
    ("name", "size", "mode", "options", "shape"),
    [
        ("phone.jpg", (16_320, 12_240), "RGB", {"progressive": True}, "3060 4080 3"),
        ("alpha.png", (8_000, 7_000), "RGBA", {"compress_level": 1}, "7000 8000 3"),
        ("grey.png", (8_000, 7_000), "I;16", {"compress_level": 1}, "7000 8000 3"),
    ],
)
def test_no_file_takes_more_than_a_gigabyte_and_a_half(name, size, mode, options, shape, tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    Image.new(mode, size, 99 if mode == "I;16" else None).save(tmp_path / name, **options)
    words, taken = memory_of(tmp_path / name)
    assert words == shape and taken < 1.5e9


# Masks


@pytest.mark.parametrize(
    "mask",
    [
        HALF > 0,
        HALF.astype("uint8"),
        HALF.astype("float32"),
        HALF.astype("int64"),
        HALF * 255,
        (HALF * 255).astype("uint8"),
        (HALF * 65535).astype("uint16"),
        np.repeat(HALF[..., None], 3, 2),
        tf.constant(HALF),
        region_mask((HALF > 0).astype(int), [1]),
        Image.fromarray(HALF.astype("uint8")),
        file_of(Image.fromarray(HALF.astype("uint8"))),
        file_of(Image.fromarray(HALF.astype("uint16"))),
        file_of(Image.fromarray(HALF.astype("float32")), "TIFF"),
        file_of(Image.fromarray(HALF.astype("uint8") * 255)),
        file_of(Image.fromarray(HALF > 0)),
        file_of(Image.fromarray((np.dstack([0 * HALF] * 3 + [HALF]) * 255).astype("uint8"))),  # Drawn in alpha.
        file_of(Image.fromarray((np.dstack([0 * HALF + 1] * 3 + [HALF]) * 255).astype("uint8"))),  # White on nothing.
        file_of(Image.fromarray((np.dstack([HALF] * 3 + [0 * HALF + 1]) * 255).astype("uint8"))),  # All of it opaque.
    ],
    ids=lambda mask: "",
)
def test_a_mask_of_any_kind_means_the_half_that_is_light(mask):
    np.testing.assert_allclose(load_mask(mask, (40, 60)), HALF, atol=1e-6)


def test_a_soft_mask_stays_soft_and_comes_back_as_it_is():
    soft = np.linspace(0.1, 0.6, 60, dtype="float32")[None].repeat(40, 0)
    once = load_mask(soft, (40, 60))
    np.testing.assert_allclose(once, soft, atol=1e-6)
    np.testing.assert_array_equal(load_mask(once, (40, 60)), once)
    assert load_mask(soft, (400, 77, 3)).max() <= 1


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (HALF * 2, "black everywhere"),  # Neither 0 to 1 nor 0 to 255.
        (HALF - 1, "from -1 to 0"),
        (HALF * 1e6, "1e+06"),
        (HALF * 0, "black everywhere"),
        (np.where(HALF > 0, np.inf, HALF), "not numbers"),
    ],
)
def test_a_mask_that_means_nothing_is_refused(mask, words, refused):
    with refused("the mask", words):
        load_mask(mask, (40, 60))


# Transparency


def cut_out(folder):
    pixels = np.dstack([np.full((40, 60, 3), 90.0), 255 * HALF]).astype("uint8")
    Image.fromarray(pixels).save(folder / "cut.png")
    return folder / "cut.png"


@pytest.mark.parametrize("type_", ["png", "webp", "jpg"])
def test_a_cut_out_keeps_its_alpha_where_the_format_has_it(type_, tmp_path):
    picture = keep_alpha(np.full((20, 30, 3), 200.0), cut_out(tmp_path))
    assert picture.shape == (20, 30, 4) and picture[0, 0].tolist() == [200, 200, 200, 255] and picture[0, -1, 3] == 0
    with Image.open(save_picture(picture, tmp_path / f"out.{type_}")) as image:
        if type_ == "jpg":
            assert image.mode == "RGB" and min(image.getpixel((29, 0))) > 245, "a JPEG has white"
        else:
            assert image.mode == "RGBA" and image.getpixel((29, 0))[3] == 0 and image.getpixel((0, 0))[3] == 255


def test_an_opaque_source_changes_nothing(tmp_path):
    picture = np.full((20, 30, 3), 200.0)
    for source in ("cat", np.full((40, 60, 4), 255, "uint8"), RAMP, Image.new("RGBA", (9, 9), "red")):
        assert keep_alpha(picture, source) is picture
