"""What makes an agent careful with a file, as sentences of the working mail."""

from collections.abc import Iterable
from types import MappingProxyType

from triage.rules.intake.decision import (
    FLAG_AUTHENTICATION_FAILED,
    FLAG_OVERSIZE,
    FLAG_RIVAL_RESULTS,
    FLAG_UNREADABLE,
)

_FORGED = "Ce courriel ne vient peut-être pas de l’adresse indiquée. Vérifiez avant de répondre."
_CAUTIONS = MappingProxyType(
    {
        FLAG_UNREADABLE: "Le message n’a pas pu être lu. L’original est conservé au dossier.",
        FLAG_OVERSIZE: "Le message est trop volumineux. Seul son début a été lu, et il est resté dans la boîte.",
        FLAG_AUTHENTICATION_FAILED: _FORGED,
        FLAG_RIVAL_RESULTS: _FORGED,
    }
)


def find_cautions(flags: Iterable[str], *, possibly_related: str | None = None) -> tuple[str, ...]:
    """The sentences for the flags of a ticket, each once."""
    found = [_CAUTIONS[flag] for flag in flags if flag in _CAUTIONS]
    if possibly_related is not None:
        found.append(f"Ce courriel cite le dossier {possibly_related}, où son adresse ne figure pas.")
    return tuple(dict.fromkeys(found))
