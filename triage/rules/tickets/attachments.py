"""Which attachments are dangerous, which may be handed on, and what is said of them. Nothing is opened (MUST 35).

What the bytes show comes first; then the last ending of the name, since programs are hidden behind harmless ones, and
the type: both are a sender's word, and are believed where they speak against themselves.
"""

from collections.abc import Sequence
from enum import StrEnum
from types import MappingProxyType

from triage.model.codes import Content, Language, ScanState
from triage.model.judgement import ScanStanding
from triage.model.message import Attachment
from triage.wording.numbers import counted
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


_WITHHELD = MappingProxyType(
    {
        ScanState.INFECTED: "L’antivirus a trouvé un danger dans {mails} ({found}). "
        "Ce qui y est joint n’est remis à personne.",
        ScanState.TOO_LARGE: "L’antivirus n’a pas pu examiner {mails}, car c’est trop volumineux. "
        "Ce qui y est joint n’est remis à personne.",
        ScanState.WANTED: "L’antivirus n’a pas encore examiné {mails}. "
        "Ce qui y est joint vous parvient s’il n’y trouve rien.",
    }
)


def may_hand_on(standing: ScanStanding, *, scans: bool) -> bool:
    """Whether a mail with attachments may be given to whoever has its ticket; `scans` says that there is a scanner.

    A verdict stands when the scanner is gone; what nobody will look at does not wait for ever.
    """
    return standing.state is ScanState.CLEAN or (standing.state is ScanState.WANTED and not scans)


def tell_withheld(standings: Sequence[ScanStanding]) -> tuple[str, ...]:
    """What to say of mails that are not handed on: how many, why, and what was found by name."""
    return tuple(
        words.format(
            mails=counted(len(alike), "courriel", "courriels", language=Language.FRENCH),
            found=", ".join(dict.fromkeys(each.signature for each in alike)),
        )
        for state, words in _WITHHELD.items()
        if (alike := [each for each in standings if each.state is state])
    )
