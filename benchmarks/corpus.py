"""How the reader does on a folder of mails with stated outcomes: each read in the sandbox, then the folder's scorers.

`python benchmarks/corpus.py FOLDER` – below it, `*/expected.jsonl` names the mails and what must be read, and
`score_parse.py`, `score_fields.py`, `score_reply.py` and `score_class.py` judge a callable; those called are here.
`--failures` prints each miss. Ends with 1 where a mail took two seconds, or this process 200 MB.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from triage.mail.reading.decoding.cleaning import clean_text
from triage.mail.reading.parse import parse_message
from triage.mail.reading.texts.html import html_to_text
from triage.mail.reading.texts.replies import find_new_text
from triage.model.codes import Nature
from triage.model.message import ParsedMessage
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.nature import judge_nature
from triage.transport.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
MOST_SECONDS = 2.0
MOST_PARENT_MB = 200
SCORERS = {"parse": "read_message", "fields": "read_fields", "reply": "read_reply", "class": "read_class"}
CLASSES = {
    Nature.PERSON: "ordinary",
    Nature.AUTO_REPLY: "autoreply",
    Nature.BULK: "list",
    Nature.REPORT: "feedback",
}


def read_message(raw: bytes) -> ParsedMessage:
    """For `score_parse.py`."""
    return parse_message(raw)


def read_fields(raw: bytes) -> dict[str, Any]:
    """For `score_fields.py`: the first sender, all readable text, the attachments."""
    message = parse_message(raw)
    sender = message.senders[0] if message.senders else None
    return {
        "subject": message.subject,
        "from_email": sender.address if sender else "",
        "from_name": sender.name if sender else "",
        "text": message.text,
        "attachments": [{"filename": each.name, "sha256": each.sha256} for each in message.attachments],
    }


def read_reply(source: str | bytes, kind: str) -> str:
    """For `score_reply.py`: what is new in a text, a page or a whole mail."""
    if isinstance(source, bytes):
        return parse_message(source).new_text
    page = kind == "html"
    return find_new_text(html_to_text(source.encode(), charset="utf-8", repairs=set()) if page else clean_text(source))


def read_class(raw: bytes) -> dict[str, Any]:
    """For `score_class.py`: what made the mail, and whether a machine may answer it."""
    message = parse_message(raw)
    nature = judge_nature(message, own_addresses=frozenset())
    may = judge_answering(message, nature).may
    return {"class": CLASSES.get(nature.nature, nature.nature.value), "ack": may}


def records(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each whole mail, with what is stated of it."""
    for sheet in sorted(folder.glob("*/expected.jsonl")):
        for line in sheet.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["input"] == "eml":
                yield record, (sheet.parent / record["file"]).read_bytes()


async def read_all(folder: Path) -> tuple[int, float]:
    """Every mail through the worker, as the daemon reads it: how many, and the slowest in seconds."""
    sandbox = Sandbox(workers=1)
    await sandbox.start()
    count, slowest = 0, 0.0
    for _, raw in records(folder):
        began = time.perf_counter()
        message = await sandbox.read(raw)
        slowest = max(slowest, time.perf_counter() - began)
        count += message.readable
    await sandbox.close()
    return count, slowest


def told_recipients(folder: Path) -> tuple[int, int]:
    """Of the bounces with stated recipients: whose are all told."""
    told = stated = 0
    for record, raw in records(folder):
        wanted = {each.lower() for each in record["expect"].get("recipients", ())}
        if record["class"] == "bounce" and wanted:
            stated += 1
            told += wanted <= {each.recipient.lower() for each in parse_message(raw).bounces}
    return told, stated


def main() -> int:
    """Print all scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    count, slowest = asyncio.run(read_all(options.folder))
    parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} mails read in the worker; slowest {slowest:.3f} s; this process {parent:.0f} MB at most")
    told, stated = told_recipients(options.folder)
    print(f"bounces whose stated recipients are all told: {told}/{stated}", flush=True)
    for name, function in SCORERS.items():
        scorer = [sys.executable, str(options.folder / f"score_{name}.py"), "--data", str(options.folder)]
        called = ["--module", f"corpus:{function}", "--path", str(ROOT / "benchmarks"), "--path", str(ROOT)]
        subprocess.run([*scorer, *called, *(["--failures"] if options.failures else [])], check=False)
    return int(slowest > MOST_SECONDS or parent > MOST_PARENT_MB)


if __name__ == "__main__":
    sys.exit(main())
