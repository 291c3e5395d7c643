"""A person by their initials, for papers that go wide: enough for colleagues, no name for anybody else (R-77)."""


def initials(name: str) -> str:
    r"""The first letter of each part of a name, with points; parts joined by a hyphen stay joined.

    >>> initials("Marie-Ève Tremblay")
    'M.-È.\xa0T.'
    """
    words = ("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in name.split())
    return "\u00a0".join(word for word in words if word)
