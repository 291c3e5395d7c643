"""`triage demo --serve`: people join with mail programs of their own, here those of two libraries."""

import re
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from imapclient import IMAPClient

from triage.demo.configuration import MAILBOX
from triage.demo.servers import LOOPBACK
from triage.demo.serving.residents import AGENT, REQUESTER, RESIDENTS, SUPERVISOR, Resident

PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class House:
    """A demo that stays up, and what it printed about joining it."""

    process: "subprocess.Popen[str]"
    folder: Path
    printed: str

    def port(self, name: str) -> int:
        found = re.search(rf"{name} +server {re.escape(LOOPBACK)} +port ([0-9]+)", self.printed)
        assert found is not None, self.printed
        return int(found[1])

    def send(self, who: Resident, mail: EmailMessage) -> None:
        with smtplib.SMTP(LOOPBACK, self.port("SMTP"), timeout=PATIENCE_SECONDS) as client:
            client.login(who.login, who.password)
            client.send_message(mail)

    def read_inbox(self, who: Resident, *, least: int) -> list[EmailMessage]:
        """The inbox of one of the residents, once it holds so many mails."""
        ends_at = time.monotonic() + PATIENCE_SECONDS
        with IMAPClient(LOOPBACK, self.port("IMAP"), ssl=False, timeout=PATIENCE_SECONDS) as client:
            client.login(who.login, who.password)
            client.select_folder("INBOX")
            while len(uids := client.search()) < least:
                assert time.monotonic() < ends_at, "no mail came"
                client.noop()
                time.sleep(0.1)
            mails = client.fetch(uids, ["BODY.PEEK[]"])
        return [message_from_bytes(mails[uid][b"BODY[]"], _class=EmailMessage, policy=default) for uid in sorted(uids)]

    def stop(self) -> tuple[int, str]:
        """Told to stop: the exit code, and the rest of what it printed."""
        self.process.terminate()
        rest, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, rest


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    folder.mkdir()
    command = [sys.executable, "-m", "triage", "demo", "--serve"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C ends it all" in line:
                break
        yield House(process, folder / "demo-mail", printed)
    finally:
        # Not SIGKILL: its daemon would live on, and send what it still holds to the house that gets its ports next.
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)


def write(who: Resident, subject: str, words: str, *, answering: EmailMessage | None = None) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{who.name} <{who.address}>"
    mail["To"] = str(answering["Reply-To"] or answering["From"]) if answering else MAILBOX
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{abs(hash(words))}@{who.address.partition('@')[2]}>"
    if answering:
        mail["In-Reply-To"] = mail["References"] = str(answering["Message-ID"])
    mail.set_content(words + "\n")
    return mail


def test_a_person_joins_writes_and_answers_what_comes_back(tmp_path: Path) -> None:
    """A complaint is acknowledged into the requester's own inbox, and the answer to it joins the ticket."""
    with open_house(tmp_path / "house") as house:
        house.send(REQUESTER, write(REQUESTER, "Livraison en retard", "Les masques ne sont pas arrivés."))
        (acknowledgement,) = house.read_inbox(REQUESTER, least=1)
        answer = write(REQUESTER, f"Re: {acknowledgement['Subject']}", "Commande 4471.", answering=acknowledgement)
        house.send(REQUESTER, answer)
        house.send(SUPERVISOR, write(SUPERVISOR, "Une question", "Quel est le délai habituel?"))
        house.read_inbox(SUPERVISOR, least=1)
        code, rest = house.stop()
        left = sorted(path.name for path in house.folder.iterdir())

    assert 0 == code, rest
    assert (2, 1) == (rest.count("a new matter; ticket"), rest.count("it joins ticket")), rest
    assert str(acknowledgement["Reply-To"]).rpartition("<")[2].startswith(f"{MAILBOX.partition('@')[0]}+")
    # Two acknowledgements, the confirmation of the answer, and each of the three mails to the agent in charge.
    assert 6 == len([name for name in left if name.endswith(".eml")]), rest
    assert {"daemon.log", "index.html", *(f"muttrc-{each.login}" for each in RESIDENTS)} <= set(left)


def test_the_word_of_an_agent_who_logged_in_is_enough(tmp_path: Path) -> None:
    """`#répondre` in answer to a working mail is done at once; without a login it has to be confirmed first."""
    with open_house(tmp_path / "house") as house:
        house.send(REQUESTER, write(REQUESTER, "Livraison en retard", "Les masques ne sont pas arrivés."))
        (working,) = house.read_inbox(AGENT, least=1)
        letter = write(AGENT, "Re: dossier", "#répondre\nVos masques partent demain.", answering=working)
        house.send(AGENT, letter)
        receipt = house.read_inbox(AGENT, least=2)[-1]
        again = write(AGENT, "Re: dossier", "#répondre\nIls sont partis.", answering=working)
        with smtplib.SMTP(LOOPBACK, house.port("SMTP"), timeout=PATIENCE_SECONDS) as client:
            client.send_message(again)
        asked = house.read_inbox(AGENT, least=3)[-1]

    assert str(receipt["Subject"]).endswith("Votre demande est faite")
    assert str(asked["Subject"]).endswith("Confirmez votre demande")


def test_two_houses_stand_side_by_side_and_keep_strangers_out(tmp_path: Path) -> None:
    """The second takes free ports and prints them; a wrong password opens nothing, and nobody reads for another."""
    with open_house(tmp_path / "one") as one, open_house(tmp_path / "two") as two:
        ports = {one.port("IMAP"), one.port("SMTP"), two.port("IMAP"), two.port("SMTP")}
        client = smtplib.SMTP(LOOPBACK, two.port("SMTP"), timeout=PATIENCE_SECONDS)
        with client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(AGENT.login, "de l'autre")
        reader = IMAPClient(LOOPBACK, two.port("IMAP"), ssl=False, timeout=PATIENCE_SECONDS)
        with reader, pytest.raises(IMAPClient.Error):
            reader.login(AGENT.login, REQUESTER.password)
        rc_file = (two.folder / "muttrc-agent").read_text(encoding="utf-8")

    assert 4 == len(ports)
    assert {f"imap://{LOOPBACK}:{two.port('IMAP')}/", f"smtp://agent@{LOOPBACK}:{two.port('SMTP')}/"} <= set(
        re.findall(r'"((?:imap|smtp)://[^"]+)"', rc_file)
    )
