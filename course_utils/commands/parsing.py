"""The commands that make a picture, one module each, and which of them a line means.

A module has EXAMPLE and HELP, `describe` (its options), and `check`, which looks at how they fit together, reads the
pictures and answers with a `Job`. Nothing here loads TensorFlow before a job is run.
"""

from __future__ import annotations

import argparse

from course_utils import __version__
from course_utils.commands import dream, style, texture
from course_utils.commands.arguments import NAMES, Parser, in_order, nearest
from course_utils.commands.job import Job
from course_utils.errors import CourseError

COMMANDS = {"style": style, "dream": dream, "texture": texture}
INFO = "versions, this machine, networks, names of pictures, and the time and memory to expect"
PROGRESS = "which exercises of the lessons are solved on this machine"


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of a command line, each by itself as it should be; `check` looks at how they fit together.

    Raises CourseError for the first one that does not, SystemExit after --help and --version.
    """
    top = Parser(
        prog="python -m course_utils",
        description="Neural style, Deep Dream and textures, as commands.",
        epilog="Examples:\n" + "".join(f"  {module.EXAMPLE}\n" for module in COMMANDS.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"course_utils {__version__}")
    commands = top.add_subparsers(dest="command", metavar="style | info | dream | texture | progress", required=True)
    _add(commands, "style")
    _add_info(commands)
    _add(commands, "dream")
    _add(commands, "texture")
    commands.add_parser("progress", help=PROGRESS, description=f"Tell {PROGRESS}.")
    first = arguments[0] if arguments else None
    if first is None:
        raise CourseError(f"say what to do: style or info, dream or texture. See --help, or try {style.EXAMPLE}")
    if first not in ("-h", "--help", "--version") and first not in commands.choices:
        raise CourseError(f"there is no command {first!r}; {nearest(first, commands.choices)}")
    parser = commands.choices.get(first, top)
    top.surplus = parser.surplus  # It is the parser of all commands that finds a word too many.
    flags = [flag for action in parser._actions for flag in action.option_strings]
    return top.parse_args([first, *in_order(arguments[1:], flags)])


def check(options: argparse.Namespace) -> Job:
    """See that the options fit together, that the files can be written, and read the pictures in full.

    Raises CourseError for the first thing that is in the way.
    """
    return COMMANDS[options.command].check(options)


def _add(commands: argparse._SubParsersAction, name: str) -> None:
    module = COMMANDS[name]
    examples = "".join(f"  {example}\n" for example in (module.EXAMPLE, *module.EXAMPLES))
    parser = commands.add_parser(
        name,
        help=module.HELP,
        description=f"{module.HELP[0].upper()}{module.HELP[1:]}.",
        epilog=f"Examples:\n{examples}\n{NAMES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.example = module.EXAMPLE
    module.describe(parser)


def _add_info(commands: argparse._SubParsersAction) -> None:
    commands.add_parser(
        "info",
        help=INFO,
        description=f"Tell {INFO}.\nTakes some seconds, since it measures a short run.",
        epilog="What it lists can be used at once:\n"
        "  python -m course_utils style coffee palette_knife -o coffee.png\n"
        "  python -m course_utils dream rocket -o rocket.png --network random\n"
        "  python -m course_utils texture commons:water_lilies -o lilies.png",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
