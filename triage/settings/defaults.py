"""Where the files that the product ships are: inside an installed wheel, or beside the package in a source tree.

An operator's folder replaces single files; what it does not hold is read from here.
"""

from pathlib import Path

from triage.model.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parent.parent


def config_dir() -> Path:
    """The shipped `config/` folder. Raises `ConfigurationError` where the installation has lost it."""
    return find_shipped("config", package=_PACKAGE)


def templates_dir() -> Path:
    """The shipped `templates/` folder. Raises `ConfigurationError` where the installation has lost it."""
    return find_shipped("templates", package=_PACKAGE)


def find_shipped(name: str, *, package: Path) -> Path:
    """The folder `name` that belongs to the package at `package`, first as a wheel lays it, then as a checkout does.

    A checkout is recognised by its `pyproject.toml`, since any folder may stand beside an installed package.
    """
    installed = package / "_data" / name
    if installed.is_dir():
        return installed
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise ConfigurationError(
        f"the default {name} folder is missing: neither {installed} nor {checkout / name} exists; "
        "install triage again from its wheel, or run it from a complete source tree"
    )
