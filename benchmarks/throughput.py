"""How much the daemon costs a mail, and how fast it is beside a bare pipeline on the same mails, in one run.

`throughput.py --mails 600 --rounds 3 --seed 1 [--database postgresql] [--team 1]` prints one JSON object: medians of
mails a second and milliseconds of processor time a mail of the daemon with all its processes and of `bare.py`, their
ratio, and MiB. Dovecot is real; the mail server is a scripted one in this process, whose own time counts for nobody.
`--team` is how many members of staff get a working mail of each new matter.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import Random
from statistics import median

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks.latency import KINDS, memory, processor_seconds, wait_for_letters
from tests.campaigns.ledger import Draft, Fate
from tests.campaigns.mails import new_author, write
from tests.campaigns.reading import PostgresqlDatabase
from tests.campaigns.rig import Rig
from tests.servers.dovecot import Dovecot
from tests.servers.postgresql import Postgresql, find_postgresql
from tests.servers.scripted_smtp import ScriptedSmtpServer

MIXED = (*KINDS, *KINDS, "absence", "newsletter")  # one mail in six is a machine's
LOOK_SECONDS = 0.2
STAFF = """
intake_team = [{team}]
restricted_handlers = ["nadia"]
{members}
[[member]]
id = "nadia"
name = "Nadia Fiction"
title = "Directrice"
phone = "418 555-0199"
address = "nadia@cag.example"
roles = ["supervisor", "director"]
"""
MEMBER = """
[[member]]
id = "agent.{number}"
name = "Agente Fiction {number}"
title = "Conseillère"
phone = "418 555-01{number:02d}"
address = "agent.{number}@cag.example"
roles = ["agent"]
"""


def measure_daemon(rig: Rig, drafts: list[Draft], *, team: int) -> dict[str, float]:
    """From the open mailbox to the last mail that left the inbox; what starting costs does not count."""
    if team:
        (rig.folder / "staff.toml").write_text(write_staff(team), encoding="utf-8")
    rig.leave(drafts)
    life = rig.start()
    life.wait_ready()
    used, begun = processor_seconds(life), time.perf_counter()
    letters = sum(draft.fate is Fate.ANSWERED for draft in drafts) * (1 + team)
    most = 0.0
    while len(rig.smtp.kept) < letters and time.perf_counter() - begun < 600:
        most = max(most, memory(life, "VmRSS"))
        time.sleep(LOOK_SECONDS)
    wait_for_letters(rig, letters)
    rig.wait_settled(len(drafts))
    found = {
        "mails": len(drafts),
        "seconds": max(mail.at for mail in rig.smtp.kept) - begun_at(begun),
        "processor_seconds": processor_seconds(life) - used,
        "memory_most_mib": max(most, memory(life, "VmRSS")),
    }
    life.stop()
    return found


def begun_at(begun: float) -> float:
    """The instant of a performance counter on the clock of the mail server."""
    return time.monotonic() - (time.perf_counter() - begun)


def measure_bare(rig: Rig, drafts: list[Draft], *, database: str) -> dict[str, float]:
    """The bare pipeline on the same mails."""
    rig.leave(drafts)
    access = rig.dovecot.access(rig.user)
    command = [sys.executable, str(Path(__file__).with_name("bare.py")), "--database", database]
    command += ["--user", access.username, "--password", access.password]
    command += ["--imap-port", str(access.port), "--smtp-port", str(rig.smtp.port)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=600)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def write_staff(team: int) -> str:
    """A `staff.toml` with so many agents in the intake team."""
    numbers = range(1, team + 1)
    names = ", ".join(f'"agent.{number}"' for number in numbers)
    return STAFF.format(team=names, members="".join(MEMBER.format(number=number) for number in numbers))


def write_mixed(count: int, *, chance: Random) -> list[Draft]:
    """Mails of people, and some of machines."""
    kinds = chance.choices(MIXED, k=count)
    return [write(kind, new_author(chance, number=number))[0] for number, kind in enumerate(kinds)]


@contextmanager
def new_rig(dovecot: Dovecot, cluster: Postgresql | None) -> Iterator[Rig]:
    """An empty mailbox, an empty database and a mail server of its own."""
    with tempfile.TemporaryDirectory() as folder, ScriptedSmtpServer() as smtp:
        database = None if cluster is None else PostgresqlDatabase(cluster.url(cluster.new_database()))
        rig = Rig(Path(folder), dovecot=dovecot, smtp=smtp, database=database, dot_timeout_seconds=60)
        try:
            yield rig
        finally:
            rig.end()
            rig.database.close()


def measure_round(
    dovecot: Dovecot, cluster: Postgresql | None, asked: argparse.Namespace, chance: Random
) -> dict[str, dict[str, float]]:
    """Both on the same mails, one after the other."""
    drafts = write_mixed(asked.mails, chance=chance)
    with new_rig(dovecot, cluster) as rig:
        where = str(rig.folder / "bare.db") if cluster is None else rig.database.url.replace("+psycopg", "", 1)
        bare = measure_bare(rig, drafts, database=where)
    with new_rig(dovecot, cluster) as rig:
        daemon = measure_daemon(rig, drafts, team=asked.team)
    return {"daemon": daemon, "bare": bare}


def summarize(rounds: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    """Medians over the rounds; a ratio is of one round, since the machine may have changed by the next."""
    rates = [{who: each["mails"] / each["seconds"] for who, each in found.items()} for found in rounds]
    costs = [{who: each["processor_seconds"] * 1000 / each["mails"] for who, each in found.items()} for found in rounds]
    return {
        "mails_per_second": round(median(each["daemon"] for each in rates), 1),
        "bare_mails_per_second": round(median(each["bare"] for each in rates), 1),
        "rate_ratio": round(median(each["daemon"] / each["bare"] for each in rates), 2),
        "processor_ms_per_mail": round(median(each["daemon"] for each in costs), 1),
        "bare_processor_ms_per_mail": round(median(each["bare"] for each in costs), 1),
        "memory_most_mib": max(found["daemon"]["memory_most_mib"] for found in rounds),
    }


def main() -> None:
    """The command line; one JSON object on standard output."""
    parser = argparse.ArgumentParser(description="What a mail costs, beside a bare pipeline.")
    parser.add_argument("--mails", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--team", type=int, default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    chance = Random(asked.seed)  # noqa: S311  mails of fiction, not a secret
    programs = find_postgresql()
    if asked.database == "postgresql" and programs is None:
        parser.error("PostgreSQL is not installed")
    wanted = asked.database == "postgresql" and programs is not None
    load = round(os.getloadavg()[0], 2)
    with Dovecot() as dovecot, Postgresql(programs, durable=True) if wanted else nullcontext() as cluster:
        found = summarize([measure_round(dovecot, cluster, asked, chance) for _ in range(asked.rounds)])
    print(json.dumps({**vars(asked), "load_before": load, **found}))


if __name__ == "__main__":
    main()
