"""Which attachments are dangerous, and what is said of them. Nothing is opened (MUST 35).

What the bytes show comes first; then the last ending of the name, since programs are hidden behind harmless ones, and
the type: both are a sender's word, and are believed where they speak against themselves.
"""

from enum import StrEnum
from types import MappingProxyType

from triage.model.codes import Content
from triage.model.message import Attachment
from triage.wording.spacing import NO_BREAK


class Danger(StrEnum):
    """Why somebody should be careful with an attachment, the worst first."""

    PROGRAM = "program"
    SCRIPT = "script"
    MACROS = "macros"
    LOCKED_ARCHIVE = "locked_archive"
    PAGE = "page"
    ARCHIVE = "archive"


_WORDS = MappingProxyType(
    {
        Danger.PROGRAM: f"Programme{NO_BREAK}: ne l’ouvrez pas.",
        Danger.SCRIPT: f"Programme en texte{NO_BREAK}: ne l’ouvrez pas.",
        Danger.MACROS: f"Document avec macros{NO_BREAK}: ne l’ouvrez pas sans l’avis de l’équipe informatique.",
        Danger.LOCKED_ARCHIVE: f"Fichier chiffré, qu’aucun antivirus ne peut lire{NO_BREAK}: "
        "ne l’ouvrez pas sans l’avis de l’équipe informatique.",
        Danger.PAGE: f"Page Web{NO_BREAK}: ne l’ouvrez pas.",
        Danger.ARCHIVE: f"Archive{NO_BREAK}: ouvrez-la avec prudence.",
    }
)
_ENDINGS = MappingProxyType(
    {
        Danger.PROGRAM: (
            *("exe", "com", "scr", "pif", "msi", "msix", "appx", "cpl", "dll", "sys", "jar", "lnk", "reg", "app"),
            *("apk", "dmg", "pkg", "deb", "rpm", "bin", "run", "url", "iso", "img", "vhd", "vhdx", "one", "chm"),
        ),
        Danger.SCRIPT: (
            *("bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta", "sct", "sh", "py"),
            *("pl", "scpt", "desktop", "settingcontent-ms"),
        ),
        Danger.MACROS: ("docm", "dotm", "xlsm", "xltm", "xlam", "xll", "xlsb", "pptm", "potm", "ppsm", "ppam", "sldm"),
        Danger.PAGE: ("htm", "html", "xhtml", "xht", "mht", "mhtml", "svg", "shtml", "xsl"),
        Danger.ARCHIVE: ("zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "zst", "cab", "ace", "arj", "lzh"),
    }
)
_BY_ENDING = MappingProxyType({ending: danger for danger, endings in _ENDINGS.items() for ending in endings})
_BY_TYPE = MappingProxyType(
    {
        "application/x-msdownload": Danger.PROGRAM,
        "application/x-dosexec": Danger.PROGRAM,
        "application/x-executable": Danger.PROGRAM,
        "application/java-archive": Danger.PROGRAM,
        "application/javascript": Danger.SCRIPT,
        "text/javascript": Danger.SCRIPT,
        "application/x-sh": Danger.SCRIPT,
        "application/zip": Danger.ARCHIVE,
        "application/x-rar-compressed": Danger.ARCHIVE,
        "application/x-7z-compressed": Danger.ARCHIVE,
        "text/html": Danger.PAGE,
        "image/svg+xml": Danger.PAGE,
    }
)
_BY_CONTENT = MappingProxyType({Content(each.value): each for each in Danger})


def find_danger(attachment: Attachment) -> Danger | None:
    """The worst that its bytes, its last ending or its type tell, None where nothing does."""
    ending = attachment.name.lower().rstrip(" .").rpartition(".")[2]
    told = {_BY_CONTENT.get(attachment.content), _BY_ENDING.get(ending), _BY_TYPE.get(attachment.type.lower())}
    return next((each for each in Danger if each in told), None)


def warn_of(attachment: Attachment) -> str:
    """What to say of one attachment, "" for nothing."""
    danger = find_danger(attachment)
    return "" if danger is None else _WORDS[danger]
