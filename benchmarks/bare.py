"""The bare pipeline that the daemon is compared with: fetch, parse, three rows, SMTP, and nothing that makes it safe.

It knows no duplicate, no crash, no second try, no rule: mails come in batches, each batch is one commit with all
durability on, and each mail is answered over one kept connection. Prints one JSON object: seconds, processor time.
"""

import argparse
import asyncio
import email
import email.policy
import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import psycopg
from aiosmtplib import SMTP
from imapclient import IMAPClient

BATCH = 200
TABLES = (
    "CREATE TABLE raw (sha256 TEXT PRIMARY KEY, content {octets} NOT NULL)",
    "CREATE TABLE ticket (number INTEGER PRIMARY KEY, sender TEXT, subject TEXT, text TEXT, received_at TEXT)",
    "CREATE TABLE letter (number INTEGER PRIMARY KEY, recipient TEXT, content {octets})",
)
ROWS = (
    "INSERT INTO raw VALUES (?, ?)",
    "INSERT INTO ticket VALUES (?, ?, ?, ?, ?)",
    "INSERT INTO letter VALUES (?, ?, ?)",
)
MACHINES = ("Auto-Submitted", "List-Id")
Write = Callable[[Sequence[Sequence[tuple[Any, ...]]]], None]
"""Puts rows into the three tables, in one commit."""


async def run(*, user: str, password: str, imap_port: int, smtp_port: int, write: Write) -> dict[str, float]:
    """All mails of the inbox; the answer is what that took from the first fetch to the last answer."""
    with IMAPClient("127.0.0.1", port=imap_port, ssl=False) as client:
        client.plain_login(user, password)
        client.select_folder("INBOX", readonly=True)
        async with SMTP(hostname="127.0.0.1", port=smtp_port, start_tls=False) as server:
            begun, used = time.perf_counter(), time.process_time()
            uids = client.search("ALL")
            for at in range(0, len(uids), BATCH):
                answers = take(client.fetch(uids[at : at + BATCH], ["BODY.PEEK[]", "INTERNALDATE"]), write)
                for recipient, answer in answers:
                    await server.sendmail("box@cag.example", [recipient], answer)
            return {
                "mails": len(uids),
                "seconds": time.perf_counter() - begun,
                "processor_seconds": time.process_time() - used,
            }


def take(fetched: dict[int, dict[bytes, Any]], write: Write) -> list[tuple[str, bytes]]:
    """Parse one batch and commit its rows; the answers that are to be sent."""
    raws, tickets, letters = [], [], []
    for uid, items in fetched.items():
        raw = items[b"BODY[]"]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        text = body.get_content() if body is not None else ""
        recipient = message["From"].addresses[0].addr_spec
        raws.append((sha256(raw).hexdigest(), raw))
        tickets.append((uid, recipient, str(message["Subject"]), text, items[b"INTERNALDATE"].isoformat()))
        if not any(message[name] for name in MACHINES):
            letters.append((uid, recipient, answer_to(message, uid)))
    write((raws, tickets, letters))
    return [(recipient, answer) for _, recipient, answer in letters]


def answer_to(message: EmailMessage, number: int) -> bytes:
    """A few lines beneath the mail."""
    answer = EmailMessage(policy=email.policy.SMTP)
    ours = f"2026-{number:06d}"
    answer["From"], answer["To"] = "box@cag.example", message["From"].addresses[0].addr_spec
    answer["Subject"], answer["Message-ID"] = f"[CAG {ours}] Accusé de réception", f"<{ours}@cag.example>"
    answer["In-Reply-To"] = message["Message-ID"]
    answer.set_content(
        f"Bonjour,\n\nNous avons reçu votre message. Votre numéro de dossier est le 2026-{number:06d}.\n"
    )
    return answer.as_bytes()


def in_sqlite(database: sqlite3.Connection) -> Write:
    """Writes to a file that is flushed at each commit."""
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    for table in TABLES:
        database.execute(table.format(octets="BLOB"))

    def write(groups: Sequence[Sequence[tuple[Any, ...]]]) -> None:
        with database:
            for row, group in zip(ROWS, groups, strict=True):
                database.executemany(row, group)

    return write


def in_postgresql(database: psycopg.Connection[Any]) -> Write:
    """Writes to a PostgreSQL as it comes, which flushes at each commit."""
    for table in TABLES:
        database.execute(table.format(octets="BYTEA").encode())
    database.commit()

    def write(groups: Sequence[Sequence[tuple[Any, ...]]]) -> None:
        with database.transaction(), database.cursor() as cursor:
            for row, group in zip(ROWS, groups, strict=True):
                cursor.executemany(row.replace("?", "%s").encode(), group)

    return write


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fetch, parse, three rows, SMTP, and nothing else.")
    for name in ("--user", "--password", "--database"):
        parser.add_argument(name, required=True)
    for name in ("--imap-port", "--smtp-port"):
        parser.add_argument(name, type=int, required=True)
    asked = vars(parser.parse_args())
    address = asked.pop("database")
    if address.startswith("postgresql"):
        with psycopg.connect(address) as connection:
            print(json.dumps(asyncio.run(run(**asked, write=in_postgresql(connection)))))
    else:
        with closing(sqlite3.connect(address)) as file:
            print(json.dumps(asyncio.run(run(**asked, write=in_sqlite(file)))))


if __name__ == "__main__":
    main()
