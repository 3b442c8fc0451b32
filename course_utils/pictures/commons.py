"""Which paintings can be fetched from Wikimedia Commons. They are only named here: `fetch` brings them."""

from __future__ import annotations

from typing import NamedTuple

from course_utils.errors import CourseError
from course_utils.lookup import did_you_mean

PREFIX = "commons:"  # Before a painting's name on the command line, so that nothing is fetched by surprise.


class Painting(NamedTuple):
    """A painting in the public domain. instead: the shipped painting of the nearest hand. file: its name on Commons."""

    title: str
    artist: str
    year: str
    instead: str
    file: str


_GOGH, _HOKUSAI, _KANDINSKY = "Vincent van Gogh", "Katsushika Hokusai", "Wassily Kandinsky"
_KLIMT, _MONET, _TURNER = "Gustav Klimt", "Claude Monet", "J. M. W. Turner"
PAINTINGS = {
    "adele_bloch_bauer": Painting(
        "Portrait of Adele Bloch-Bauer I", _KLIMT, "1907", "mosaic_peacock",
        "Gustav_Klimt_046.jpg",
    ),
    "almond_blossom": Painting(
        "Almond Blossom", _GOGH, "1890", "impasto_sunflowers",
        "Vincent_van_Gogh_-_Almond_blossom_-_Google_Art_Project.jpg",
    ),
    "composition_in_red": Painting(
        "Composition II in Red, Blue, and Yellow", "Piet Mondrian", "1930", "cut_paper",
        "Piet_Mondriaan,_1930_-_Mondrian_Composition_II_in_Red,_Blue,_and_Yellow.jpg",
    ),
    "composition_vii": Painting(
        "Composition VII", _KANDINSKY, "1913", "abstract_circles",
        "Vassily_Kandinsky,_1913_-_Composition_7.jpg",
    ),
    "fate_of_the_animals": Painting(
        "The Fate of the Animals", "Franz Marc", "1913", "stained_glass",
        "Franz_Marc-The_fate_of_the_animals-1913.jpg",
    ),
    "great_wave": Painting(
        "The Great Wave off Kanagawa", _HOKUSAI, "about 1831", "woodcut_waves",
        "Tsunami_by_hokusai_19th_century.jpg",
    ),
    "impression_sunrise": Painting(
        "Impression, Sunrise", _MONET, "1872", "palette_knife",
        "Claude_Monet,_Impression,_soleil_levant.jpg",
    ),
    "rain_steam_and_speed": Painting(
        "Rain, Steam and Speed", _TURNER, "1844", "palette_knife",
        "Turner_-_Rain,_Steam_and_Speed_-_National_Gallery_file.jpg",
    ),
    "red_fuji": Painting(
        "Fine Wind, Clear Morning", _HOKUSAI, "about 1831", "woodcut_waves",
        "Red_Fuji_southern_wind_clear_morning.jpg",
    ),
    "shipwreck_of_the_minotaur": Painting(
        "The Wreck of a Transport Ship", _TURNER, "about 1810", "night_swirls",
        "Shipwreck_of_the_Minotaur_William_Turner.jpg",
    ),
    "squares_with_circles": Painting(
        "Colour Study, Squares with Concentric Circles", _KANDINSKY, "1913", "abstract_circles",
        "Vassily_Kandinsky,_1913_-_Color_Study,_Squares_with_Concentric_Circles.jpg",
    ),
    "starry_night": Painting(
        "The Starry Night", _GOGH, "1889", "night_swirls",
        "Van_Gogh_-_Starry_Night_-_Google_Art_Project.jpg",
    ),
    "starry_night_over_the_rhone": Painting(
        "Starry Night over the Rhône", _GOGH, "1888", "night_swirls",
        "Starry_Night_Over_the_Rhone.jpg",
    ),
    "sudden_shower": Painting(
        "Sudden Shower over Shin-Ōhashi Bridge and Atake", "Utagawa Hiroshige", "1857", "woodcut_waves",
        "Hiroshige_Atake_sous_une_averse_soudaine.jpg",
    ),
    "sunday_afternoon": Painting(
        "A Sunday Afternoon on the Island of La Grande Jatte", "Georges Seurat", "1884-1886", "pointillist_meadow",
        "A_Sunday_on_La_Grande_Jatte,_Georges_Seurat,_1884.jpg",
    ),
    "the_kiss": Painting(
        "The Kiss", _KLIMT, "1908", "mosaic_peacock",
        "The_Kiss_-_Gustav_Klimt_-_Google_Cultural_Institute.jpg",
    ),
    "the_scream": Painting(
        "The Scream", "Edvard Munch", "1893", "night_swirls",
        "Edvard_Munch,_1893,_The_Scream,_oil,_tempera_and_pastel_on_cardboard,_91_x_73_cm,_"
        "National_Gallery_of_Norway.jpg",
    ),
    "view_of_toledo": Painting(
        "View of Toledo", "El Greco", "about 1600", "palette_knife",
        "El_Greco_View_of_Toledo.jpg",
    ),
    "water_lilies": Painting(
        "Water Lilies", _MONET, "1906", "pointillist_meadow",
        "Claude_Monet_-_Water_Lilies_-_1906,_Ryerson.jpg",
    ),
    "wheat_field_with_cypresses": Painting(
        "Wheat Field with Cypresses", _GOGH, "1889", "impasto_sunflowers",
        "Wheat-Field-with-Cypresses-(1889)-Vincent-van-Gogh-Met.jpg",
    ),
}  # fmt: skip


def commons_paintings() -> dict[str, str]:
    """What `painting` can fetch: names to title, artist and year."""
    return {name: f"{one.title}, {one.artist}, {one.year}" for name, one in PAINTINGS.items()}


def how_to_fetch(name: str) -> str:
    """What to say to someone who takes a painting of Commons for one that the course brings along."""
    return f'it is fetched from Wikimedia Commons by painting("{name}"), or {PREFIX}{name} on the command line.'


def find_painting(name: str) -> Painting:
    """A painting by its name. Raises CourseError for an unknown one, with the nearest names or all of them."""
    if name in PAINTINGS:
        return PAINTINGS[name]
    hint = did_you_mean(name, PAINTINGS, f"use one of {', '.join(PAINTINGS)}.", most=3)
    raise CourseError(f"there is no painting {name!r} to fetch; {hint}")
