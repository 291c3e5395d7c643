"""What makes an agent careful with a file or an attachment, as sentences of the working mail. Nothing is opened.

An attachment is judged by its name and type alone, both of which anybody may choose.
"""

from collections.abc import Iterable
from types import MappingProxyType

from triage.model.message import Attachment
from triage.rules.intake.decision import (
    FLAG_AUTHENTICATION_FAILED,
    FLAG_OVERSIZE,
    FLAG_RIVAL_RESULTS,
    FLAG_UNREADABLE,
)
from triage.wording.spacing import NO_BREAK

_FORGED = "Ce courriel ne vient peut-être pas de l’adresse indiquée. Vérifiez avant de répondre."
_CAUTIONS = MappingProxyType(
    {
        FLAG_UNREADABLE: "Le message n’a pas pu être lu. L’original est conservé au dossier.",
        FLAG_OVERSIZE: "Le message est trop volumineux. Seul son début a été lu, et il est resté dans la boîte.",
        FLAG_AUTHENTICATION_FAILED: _FORGED,
        FLAG_RIVAL_RESULTS: _FORGED,
    }
)

_PROGRAM = f"Programme{NO_BREAK}: ne l’ouvrez pas."
_MACROS = f"Document avec macros{NO_BREAK}: ne l’ouvrez pas sans l’avis de l’équipe informatique."
_ARCHIVE = f"Archive{NO_BREAK}: ouvrez-la avec prudence."
_PAGE = f"Page Web{NO_BREAK}: ne l’ouvrez pas."
_ENDINGS = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("exe", "com", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "msi"),
                *("jar", "lnk", "reg", "dll", "sh", "app", "apk", "url", "iso", "img", "one", "chm"),
            ),
            _PROGRAM,
        ),
        **dict.fromkeys(("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm"), _MACROS),
        **dict.fromkeys(("zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "cab", "ace"), _ARCHIVE),
        **dict.fromkeys(("htm", "html", "xhtml", "mht", "mhtml", "svg", "shtml"), _PAGE),
    }
)
_TYPES = MappingProxyType(
    {
        "application/x-msdownload": _PROGRAM,
        "application/x-dosexec": _PROGRAM,
        "application/zip": _ARCHIVE,
        "application/x-rar-compressed": _ARCHIVE,
        "application/x-7z-compressed": _ARCHIVE,
        "text/html": _PAGE,
        "image/svg+xml": _PAGE,
    }
)


def find_cautions(flags: Iterable[str], *, possibly_related: str | None = None) -> tuple[str, ...]:
    """The sentences for the flags of a ticket, each once."""
    found = [_CAUTIONS[flag] for flag in flags if flag in _CAUTIONS]
    if possibly_related is not None:
        found.append(f"Ce courriel cite le dossier {possibly_related}, où son adresse ne figure pas.")
    return tuple(dict.fromkeys(found))


def warn_of(attachment: Attachment) -> str:
    """What to say of one attachment, "" for nothing."""
    ending = attachment.name.lower().rstrip(" .").rpartition(".")[2]
    return _ENDINGS.get(ending) or _TYPES.get(attachment.type.lower(), "")
