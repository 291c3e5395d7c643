"""The daemon with something done to it: `python -m tests.campaigns.doctored --bug NAME --crash POINT run …`.

What is done is done in this process before the command line of the product begins; parse workers are left alone.
"""

import sys

PROGRAM = "tests.campaigns.doctored"


def program(*, crash: str | None = None, bug: str | None = None) -> tuple[str, ...]:
    """The arguments that stand for `-m triage`. A bug is planted before the point is armed."""
    options = (("--bug", bug), ("--crash", crash))
    return ("-m", PROGRAM, *(word for name, value in options if value is not None for word in (name, value)))


def main() -> None:
    """Do what is asked, then be `triage`."""
    from tests.campaigns.bugs import CATALOGUE
    from tests.campaigns.crash_points import arm
    from triage.cli import main as triage

    asked = sys.argv[1:]
    while asked[0] != "run":
        option, value, *asked = asked
        if option == "--bug":
            CATALOGUE[value].plant()
        else:
            arm(value)
    sys.argv[1:] = asked
    triage()


if __name__ == "__main__":  # a parse worker imports this module too
    main()
