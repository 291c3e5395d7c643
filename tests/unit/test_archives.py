"""mbox files and Maildirs as programs write them: each mail once, its bytes, and what says when it came."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.errors import NotAnArchive
from triage.model.mailbox import ArchivedMail
from triage.transport.archives import TRUNCATED_BYTES, open_maildir, open_mbox

AT = datetime(2026, 3, 2, 14, 29, 30, tzinfo=UTC)
LIMIT = 40 << 20


def read(tmp_path: Path, content: bytes, *, limit: int = LIMIT) -> list[ArchivedMail]:
    file = tmp_path / "an.mbox"
    file.write_bytes(content)
    return list(open_mbox(file).mails(limit_bytes=limit))


BEGINNINGS = [
    pytest.param(b"From jeanne@x.example Mon Mar  2 14:29:30 2026", AT, id="as mail servers write it"),
    pytest.param(b"From - Mon Mar 02 14:29:30 2026", AT, id="as Thunderbird writes it"),
    pytest.param(b"From jeanne@x.example Mon Mar  2 09:29:30 -0500 2026", AT, id="a zone before the year"),
    pytest.param(b"From 1234@xxx Mon Mar 02 14:29:30 +0000 2026", AT, id="as Google Takeout writes it"),
    pytest.param(b"From jeanne@x.example Mon Mar  2 09:29:30 2026 -0500", AT, id="a zone after the year"),
    pytest.param(b"From jeanne@x.example Mon Mar  2 14:29:30 EST 2026", AT, id="a zone by name is not believed"),
    pytest.param(b"From jeanne@x.example Fri Feb 31 14:29:30 2026", None, id="a day that is none"),
    pytest.param(b"From jeanne", None, id="no date"),
]


@pytest.mark.parametrize(("line", "at"), BEGINNINGS)
def test_the_first_line_may_tell_when_a_mail_came(tmp_path: Path, line: bytes, at: datetime | None) -> None:
    """Without a zone it is taken as universal time."""
    (mail,) = read(tmp_path, line + b"\nSubject: a\n\nBonjour\n\n")

    assert (b"Subject: a\n\nBonjour\n", at) == (mail.raw, mail.dated_at)


def test_a_sentence_that_starts_with_from_begins_no_mail(tmp_path: Path) -> None:
    """Quoted or not, for some programs quote nothing; and quoting is taken off by one sign."""
    body = b"Subject: a\n\nFrom here on it rained.\n\nFrom there too, since 2019\n>From me\n>>From you\n"
    (mail,) = read(tmp_path, b"From a@b.example Mon Mar  2 14:29:30 2026\n" + body + b"\n")

    assert body.replace(b">From me", b"From me").replace(b">>From you", b">From you") == mail.raw


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_each_mail_is_found_with_its_very_bytes(tmp_path: Path, ends: bytes) -> None:
    """Whatever ends the lines; one without any text keeps the line that ends its head."""
    beginning = b"From - Mon Mar 02 14:29:30 2026" + ends
    mails = [b"A: 1" + ends + ends + b"x" + ends, b"A: 2" + ends + ends, b"A: 3" + ends + ends + b"last"]
    content = b"".join(beginning + mail + ends for mail in mails[:2]) + beginning + mails[2]
    found = read(tmp_path, content)

    assert mails == [mail.raw for mail in found]
    assert len(content) == found[-1].done


def test_of_a_mail_over_the_limit_the_beginning_is_kept(tmp_path: Path) -> None:
    """Its size is told, and the next mail is found."""
    beginning = b"From - Mon Mar 02 14:29:30 2026\n"
    big = b"A: 1\n\n" + b"x" * 3_000_000
    found = read(tmp_path, beginning + big + b"\n\n" + beginning + b"A: 2\n\ny\n", limit=2_000_000)

    assert [(True, big[:TRUNCATED_BYTES]), (False, b"A: 2\n\ny\n")] == [(each.truncated, each.raw) for each in found]
    assert len(big) + 2 == found[0].size


def test_an_empty_file_holds_no_mail(tmp_path: Path) -> None:
    """An mbox into which nothing was ever put."""
    assert [] == read(tmp_path, b"")


@given(content=st.binary(max_size=2000))
def test_any_bytes_after_a_beginning_are_mail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing stops it, nothing is lost but the lines between the mails and signs of quoting."""
    found = read(tmp_path_factory.mktemp("mbox"), b"From x\n" + content)

    assert len(content) - 2 * content.count(b"\n") - content.count(b">") <= sum(len(each.raw) for each in found)


def test_what_has_another_form_is_refused_in_words(tmp_path: Path) -> None:
    """A folder is no mbox, and a folder without cur and new is no Maildir."""
    with pytest.raises(NotAnArchive, match="file"):
        open_mbox(tmp_path)
    with pytest.raises(NotAnArchive, match="cur and new"):
        open_maildir(tmp_path)
