"""What an attachment is, by its bytes, and which are dangerous: whatever name and type their sender gave them."""

import io
import tarfile
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.reading.contents import tell_content
from triage.mail.reading.parse import parse_message
from triage.model.codes import Content, ScanState
from triage.model.judgement import ScanStanding
from triage.model.message import Attachment
from triage.rules.tickets.attachments import Danger, find_danger, may_hand_on, tell_withheld, warn_of
from triage.wording.typography import find_faults, find_long_sentences

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def make_zip(*names: str) -> bytes:
    """An archive with empty files of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"x" * 100)
    return buffer.getvalue()


def make_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return buffer.getvalue()


def locked(archive: bytes) -> bytes:
    """The same archive as if its first entry were encrypted."""
    return archive[:6] + bytes([archive[6] | 1]) + archive[7:]


CONTENTS = [
    ("a Windows program", b"MZ\x90\x00" + bytes(60), Content.PROGRAM),
    ("a Linux program", b"\x7fELF\x02\x01\x01", Content.PROGRAM),
    ("a Windows shortcut", b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(12), Content.PROGRAM),
    ("a Java archive", make_zip("META-INF/MANIFEST.MF", "A.class"), Content.PROGRAM),
    ("a shell script", b"#!/bin/sh\nrm -rf x\n", Content.SCRIPT),
    ("a Visual Basic script", b'Set a = CreateObject("WScript.Shell")', Content.SCRIPT),
    ("a script in sixteen bits", "\ufeffpowershell -enc".encode("utf-16-le"), Content.SCRIPT),
    ("a document of Word", make_zip("[Content_Types].xml", "word/document.xml"), Content.DOCUMENT),
    ("a document with macros", make_zip("[Content_Types].xml", "word/vbaProject.bin"), Content.MACROS),
    ("an old document", OLE + "WordDocument".encode("utf-16-le"), Content.DOCUMENT),
    ("an old document with macros", OLE + "_VBA_PROJECT".encode("utf-16-le"), Content.MACROS),
    ("a document with a password", OLE + "EncryptedPackage".encode("utf-16-le"), Content.LOCKED_ARCHIVE),
    ("an archive", make_zip("a.txt"), Content.ARCHIVE),
    ("an archive with a password", locked(make_zip("a.txt")), Content.LOCKED_ARCHIVE),
    ("an empty archive", make_zip(), Content.ARCHIVE),
    ("a RAR archive", b"Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d", Content.ARCHIVE),
    ("a RAR archive with a password", b"Rar!\x1a\x07\x00\xcf\x90\x73\x80\x00\x0d", Content.LOCKED_ARCHIVE),
    ("a newer one with a password", b"Rar!\x1a\x07\x01\x00\x00\x00\x00\x00\x00\x04", Content.LOCKED_ARCHIVE),
    ("a 7z archive with a password", b"7z\xbc\xaf\x27\x1c" + bytes(40) + b"\x06\xf1\x07\x01", Content.LOCKED_ARCHIVE),
    ("a tape archive", make_tar(), Content.ARCHIVE),
    ("a web page", b"\xef\xbb\xbf  <!DOCTYPE HTML><p>", Content.PAGE),
    ("a drawing that may run programs", b'<?xml version="1.0"?><svg onload="x">', Content.PAGE),
    ("a PDF", b"%PDF-1.7\n", Content.PDF),
    ("a photo", b"\xff\xd8\xff\xe0\x00\x10JFIF", Content.IMAGE),
    ("a photo of a phone", b"\x00\x00\x00\x18ftypheic", Content.IMAGE),
    ("words", b"Voici la facture du 3 mars.", Content.UNKNOWN),
    ("nothing", b"", Content.UNKNOWN),
]


@pytest.mark.parametrize(("data", "content"), [pytest.param(*row[1:], id=row[0]) for row in CONTENTS])
def test_the_bytes_tell_what_it_is(data: bytes, content: Content) -> None:
    """By signatures and by names that stand unpacked; nothing is opened."""
    assert content is tell_content(data)


@given(data=st.binary(max_size=600), head=st.sampled_from([row[1][:12] for row in CONTENTS]))
def test_any_bytes_have_an_answer(data: bytes, head: bytes) -> None:
    """Cut anywhere, and whatever follows."""
    assert tell_content(head + data) in Content


DANGERS = [
    ("two endings", "facture.pdf.EXE", "application/pdf", Content.UNKNOWN, Danger.PROGRAM),
    ("a program that calls itself a photo", "photo.jpg", "image/jpeg", Content.PROGRAM, Danger.PROGRAM),
    ("macros that call themselves nothing", "relevé.doc", "application/msword", Content.MACROS, Danger.MACROS),
    ("macros by name", "relevé.xlsm", "application/octet-stream", Content.DOCUMENT, Danger.MACROS),
    ("a script", "lisezmoi.js", "text/plain", Content.UNKNOWN, Danger.SCRIPT),
    ("a locked archive", "a.zip ", "application/zip", Content.LOCKED_ARCHIVE, Danger.LOCKED_ARCHIVE),
    ("an archive", "a.zip.", "x/y", Content.UNKNOWN, Danger.ARCHIVE),
    ("a page without a name", "sans nom", "text/html", Content.UNKNOWN, Danger.PAGE),
    ("an installer that is an archive inside", "a.msi", "application/zip", Content.DOCUMENT, Danger.PROGRAM),
    ("a photo", "photo.jpg", "image/jpeg", Content.IMAGE, None),
    ("a PDF", "facture.2026.pdf", "application/pdf", Content.PDF, None),
    ("a name that is only an ending", "exe", "application/octet-stream", Content.UNKNOWN, Danger.PROGRAM),
]


@pytest.mark.parametrize(("name", "kind", "content", "danger"), [pytest.param(*row[1:], id=row[0]) for row in DANGERS])
def test_the_worst_that_is_told_counts(name: str, kind: str, content: Content, danger: Danger | None) -> None:
    """Bytes, last ending and type; what is dangerous has its words."""
    file = Attachment(name, kind, 1, "0" * 64, inline=False, content=content)

    assert danger is find_danger(file)
    assert (danger is not None) == bool(warn_of(file))


NAMES = [
    ("a name that runs backwards", "facture\u202efdp.exe", "facturefdp.exe"),
    ("an invisible character at the end", "facture.exe\u200b", "facture.exe"),
    ("an invisible character within the ending", "facture.e\u200dxe", "facture.exe"),
    ("a path", "../../etc/cron.d/tache.sh", "tache.sh"),
    ("a path of Windows", "C:\\temp\\facture.exe", "facture.exe"),
    ("a path that only cleaning shows", ".\u200b./\u200b../facture.exe", "facture.exe"),
    ("blanks before the ending", "facture.pdf            .exe", "facture.pdf .exe"),
]


@pytest.mark.parametrize(("written", "shown"), [pytest.param(*row[1:], id=row[0]) for row in NAMES])
def test_a_name_is_cleaned_before_it_is_judged(written: str, shown: str) -> None:
    """What is judged is what is shown, and its danger is found."""
    mail = EmailMessage()
    mail["From"] = "jeanne@client.example"
    mail.set_content("Voici.")
    mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="NAME")
    raw = mail.as_bytes().replace(b'filename="NAME"', b"filename*=utf-8''" + _percent(written))
    (file,) = parse_message(raw).attachments

    assert shown == file.name
    assert find_danger(file) in {Danger.PROGRAM, Danger.SCRIPT}


def test_a_null_byte_ends_no_name() -> None:
    """It vanishes, and the whole of the name is judged."""
    raw = (
        b"From: a@b.example\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''facture.pdf%00.exe\r\n\r\nMZ"
    )
    (file,) = parse_message(raw).attachments

    assert ("facture.pdf.exe", Danger.PROGRAM) == (file.name, find_danger(file))


def _percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode()).encode()


def test_what_a_scanner_keeps_back_is_told_in_good_french() -> None:
    """How many, why, and the name of what was found once; nothing is said of a mail without danger."""
    bad = ScanStanding(ScanState.INFECTED, "Specimen.Of.Fiction")
    huge, waits, clean = (ScanStanding(each) for each in (ScanState.TOO_LARGE, ScanState.WANTED, ScanState.CLEAN))
    told = tell_withheld([bad, bad, huge, waits, clean])

    assert 3 == len(told)
    assert "dans 2\u00a0courriels (Specimen.Of.Fiction)." in told[0]
    assert ((), ()) == (find_faults(" ".join(told)), find_long_sentences(" ".join(told)))
    assert () == tell_withheld([clean])


@pytest.mark.parametrize("scans", [True, False])
@pytest.mark.parametrize("state", ScanState)
def test_only_what_is_clean_is_handed_on(state: ScanState, *, scans: bool) -> None:
    """What nobody will look at does not wait; a verdict stands without its scanner."""
    may = may_hand_on(ScanStanding(state), scans=scans)

    assert may == (state is ScanState.CLEAN or (state is ScanState.WANTED and not scans))
