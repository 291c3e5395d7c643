"""The body as letters print it, in the words of a template."""

from triage.model.notice import Letterhead
from triage.wording.spacing import unbreakable

LETTERHEAD_NAMES = frozenset({"body_name", "unit", "phone", "address", "access_address"})


def letterhead_values(letterhead: Letterhead) -> dict[str, str]:
    """The texts of `LETTERHEAD_NAMES`."""
    return {
        "body_name": letterhead.name,
        "unit": letterhead.unit,
        "phone": unbreakable(letterhead.phone),
        "address": letterhead.address,
        "access_address": letterhead.access_address,
    }
