"""How nbval compares what a lesson prints with what is stored: words must be the same, numbers nearly.

A number that is printed with a decimal point or in per cent may differ by two units of its last digit, since processors
round differently; a whole number, such as a size or a count, may not. A cell whose numbers come out of a long
optimisation widens this by its metadata: `"tolerance": 0.1` accepts 10 % as well, of every number.
"""

import os
import re
import tempfile

from nbval.plugin import IPyNbCell

# What lessons keep of a learner's work goes where no learner looks.
OWN = tempfile.TemporaryDirectory(prefix="my_pictures_")
os.environ["COURSE_MY_PICTURES"] = OWN.name

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d*)?(?:e[-+]?\d+)?(?!\w)(\s?%)?")
UNITS = 2


def last_digit(number):
    """What one unit of the last printed digit is worth; 0 for a whole number."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if "." in mantissa or exponent else 0.0


def agree(fresh, stored, tolerance=0.0):
    """Whether two texts hold the same words, and numbers that are as near as the tolerance, a share, allows."""
    if NUMBER.sub("#", fresh).split() != NUMBER.sub("#", stored).split():
        return False
    for a, b in zip(NUMBER.finditer(fresh), NUMBER.finditer(stored)):
        new, old = (one[0].rstrip(" %").replace(",", "") for one in (a, b))
        unit = last_digit(old) or bool(b[1])
        room = max(UNITS * unit, tolerance * abs(float(old)))
        if abs(float(new) - float(old)) > room * (1 + 1e-9):
            return False
    return True


def _texts(output):
    """The places of an output that hold text: pairs of a dictionary and its key."""
    if output.output_type == "stream":
        return [(output, "text")]
    return [(output.data, kind) for kind in sorted(output.get("data", {})) if kind.startswith("text/")]


def _compare(self, test, ref, skip_compare=None, compare=IPyNbCell.compare_outputs):
    tolerance = self.cell.metadata.get("tolerance", 0.0)
    for fresh, stored in zip(test, ref):
        if fresh.output_type == stored.output_type:
            for (new, key), (old, same) in zip(_texts(fresh), _texts(stored)):
                if key == same and agree(new[key], old[key], tolerance):
                    new[key] = old[key]
    return compare(self, test, ref, skip_compare)


IPyNbCell.compare_outputs = _compare
