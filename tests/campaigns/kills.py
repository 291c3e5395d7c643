"""A campaign: mixed mails arrive while the daemon runs, is killed at random moments, and is started again.

`kills.py --mails 100 --kills 10 --seed N [--smtp-faults] [--database postgresql] [--relay postfix] [--runs R --ledger
FILE]` prints a line of figures for each campaign and exits 1 on any violation.
The seed fixes the mails and the plan of the kills; what the kernel does in between differs from run to run.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.campaigns.checker import check, is_worn
from tests.campaigns.daemon import DidNotHappen
from tests.campaigns.evidence import Evidence
from tests.campaigns.ledger import Draft
from tests.campaigns.mails import ANSWERS, KINDS, answer, new_author, write
from tests.campaigns.places import DATABASES, RELAYS, Place, find_place
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import Ending, Fault, Point

ANSWERED_SHARE = 0.2
SMTP_FAULTS_A_HUNDRED = 9
QUIET_SECONDS = 30.0
QUIET_SECONDS_WITH_FAULTS = 240.0  # a refusal for now waits a minute, by the retry table
# When a daemon is killed: somewhere in its start; while it works off what waited; at any moment while mails come in;
# or at the instant at which a letter arrives, the answer still on its way.
MOMENTS = ("starting", "busy", "any", "letter")
WEIGHTS = (3, 6, 5, 6)
_LONGEST_START = 1.0
_BUSY_SECONDS = 0.15
_LONGEST_LIFE = 0.5
_LONGEST_GAP = 0.03
_GLANCE_SECONDS = 0.0002
_SHARE_OF_GROUP_KILLS = 0.7  # the others hit the daemon alone, and its workers must end by themselves


@dataclass(slots=True)
class Figures:
    """What a campaign came to. Durations in seconds; `kills_at_work` are those that left something half done.

    A person must see to what is left: `given_up` are acknowledgements of which no copy had an answer, `worn_out` mails
    that the daemon had in hand each time it was killed, until their tries were used up.
    """

    seed: int
    mails: int
    kills: int
    kills_at_work: int = 0
    answers: int = 0
    losses: int = 0
    duplicates: int = 0
    unknowns: int = 0
    copies: int = 0
    given_up: int = 0
    worn_out: int = 0
    seconds: float = 0.0
    ready_p50: float = 0.0
    ready_p95: float = 0.0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: how many mails and kills, from which seed, with a mail server that misbehaves or not."""

    mails: int
    kills: int
    seed: int
    smtp_faults: bool = False
    database: str = DATABASES[0]
    relay: str = RELAYS[0]


class Campaign:
    """One run on one rig."""

    def __init__(self, place: Place, plan: Plan) -> None:
        self._rig, self._place = place.rig, place
        self._plan = plan
        self._chance = Random(plan.seed)  # noqa: S311  a plan, not a secret
        self._answered: set[str] = set()
        self._ready: list[float] = []
        self.kills_at_work = 0
        self._drafts = self._write_mails(round(plan.mails * (1 - ANSWERED_SHARE)))
        self._answers_left = plan.mails - len(self._drafts)

    def run(self) -> list[float]:
        """Everything, until all is quiet and the daemon has stopped; how long each start took that got ready."""
        if self._plan.smtp_faults and self._place.script is not None:
            self._place.script(*self._faults())
        for left in range(self._plan.kills, 0, -1):
            self._live_and_die(self._next_mails(left + 1))
        life = self._rig.start()
        self._ready.append(life.wait_ready())
        self._rig.put_all(self._next_mails(1))
        self._answer_all()
        self._rig.wait_quiet(seconds=QUIET_SECONDS_WITH_FAULTS if self._plan.smtp_faults else QUIET_SECONDS)
        if (code := life.stop()) != 0:
            raise DidNotHappen(f"the daemon stopped with exit code {code}")
        for each in self._rig.lives:
            each.wait_alone()
        return self._ready

    def _live_and_die(self, mails: list[Draft]) -> None:
        rig, chance = self._rig, self._chance
        early = chance.randrange(len(mails) + 1)
        rig.put_all(mails[:early])
        life = rig.start()
        moment = chance.choices(MOMENTS, WEIGHTS)[0]
        if moment == "starting":
            time.sleep(chance.uniform(0, _LONGEST_START))
        else:
            self._ready.append(life.wait_ready())
        late = self._live_until(moment, mails[early:])
        life.kill(whole_group=chance.random() < _SHARE_OF_GROUP_KILLS)
        self.kills_at_work += rig.is_at_work()
        rig.put_all(late)

    def _live_until(self, moment: str, mails: list[Draft]) -> list[Draft]:
        """Let mails come in until the moment to kill; those that had no time to come."""
        if moment == "any":
            return self._trickle(mails, until=time.monotonic() + self._chance.uniform(0, _LONGEST_LIFE))
        if moment == "letter":
            before = self._place.taken()
            self._rig.put_all(mails)
            self._wait_for_letter(before, until=time.monotonic() + _LONGEST_LIFE)
            return []
        if moment == "busy":
            time.sleep(self._chance.uniform(0, _BUSY_SECONDS))
        return mails

    def _trickle(self, mails: list[Draft], *, until: float) -> list[Draft]:
        """One mail after another, by IMAP; those that had no time to come."""
        coming = list(mails)
        while coming and time.monotonic() < until:
            self._rig.put(coming.pop(0))
            time.sleep(self._chance.uniform(0, _LONGEST_GAP))
        time.sleep(max(0.0, until - time.monotonic()))
        return coming

    def _wait_for_letter(self, before: int, *, until: float) -> None:
        """Return the moment that the mail server keeps another mail: its answer is on its way."""
        while self._place.taken() == before and time.monotonic() < until:
            time.sleep(_GLANCE_SECONDS)

    def _next_mails(self, lives_left: int) -> list[Draft]:
        """This life's share of the mails, with answers to letters that have arrived."""
        share = len(self._drafts) // lives_left if lives_left > 1 else len(self._drafts)
        mails, self._drafts = self._drafts[:share], self._drafts[share:]
        mails += self._write_answers(-(-self._answers_left // lives_left))
        self._chance.shuffle(mails)
        return mails

    def _write_mails(self, count: int) -> list[Draft]:
        """Each kind at least once while there is room, then as chance has it; copies count as mails."""
        kinds = [*self._chance.sample(KINDS, len(KINDS)), *self._chance.choices(KINDS, k=count)]
        pairs = (write(kind, new_author(self._chance, number=number)) for number, kind in enumerate(kinds))
        drafts = [draft for pair in pairs for draft in pair][:count]
        return self._chance.sample(drafts, len(drafts))

    def _write_answers(self, wanted: int) -> list[Draft]:
        written = []
        for letter in self._rig.letters(self._chance, answered=self._answered)[:wanted]:
            self._answered.add(letter.draft.matter)
            author = new_author(self._chance, number=100_000 + len(self._answered))
            written.append(answer(self._chance.choice(ANSWERS), letter, author))
        self._answers_left -= len(written)
        return written

    def _answer_all(self) -> None:
        end = time.monotonic() + QUIET_SECONDS
        while self._answers_left:
            self._rig.put_all(self._write_answers(self._answers_left))
            if time.monotonic() > end:
                raise DidNotHappen(f"{self._answers_left} letters to be answered never came")
            time.sleep(0.05)

    def _faults(self) -> list[Fault]:
        """Refusals for now, and lines that end after the dot, the mail kept or not, at passes of chance."""
        busy = "451 4.7.1 come back later"
        kinds = (
            (Point.RCPT, busy, None, False),
            (Point.DOT, None, Ending.EOF, True),
            (Point.DOT, None, Ending.EOF, False),
        )
        count = max(1, self._plan.mails * SMTP_FAULTS_A_HUNDRED // 100)
        skips = self._chance.sample(range(max(count, self._plan.mails // 2)), count)
        chosen = [(*kinds[number % len(kinds)], skip) for number, skip in enumerate(skips)]
        return [Fault(at, reply=reply, ending=end, accept=kept, skip=skip) for at, reply, end, kept, skip in chosen]


def run_campaign(plan: Plan, *, dovecot: Dovecot, folder: Path) -> Figures:
    """The campaign and its judgement; what did not happen in time is a violation too."""
    figures = Figures(seed=plan.seed, mails=plan.mails, kills=plan.kills)
    with find_place(folder, dovecot, database=plan.database, relay=plan.relay) as place:
        started = time.monotonic()
        campaign = Campaign(place, plan)
        try:
            _add_starts(figures, campaign.run())
        except DidNotHappen as failure:
            figures.violations.append(f"it_ends_in_quiet: {failure}")
        finally:
            place.rig.end()
        figures.kills_at_work = campaign.kills_at_work
        figures.seconds = round(time.monotonic() - started, 1)
        evidence = place.gather()
        figures.violations += check(evidence, place.rig.ledger)
    _add_up(figures, evidence)
    return figures


def _add_starts(figures: Figures, ready: list[float]) -> None:
    ordered = sorted(ready)
    figures.ready_p50 = round(statistics.median(ordered), 2)
    figures.ready_p95 = round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2)


def _add_up(figures: Figures, evidence: Evidence) -> None:
    copies = {row["id"]: 0 for row in evidence.rows("outbox")}
    ids = {row["message_id"]: row for row in evidence.rows("outbox")}
    for letter in evidence.letters:
        if letter.message_id in ids:
            copies[ids[letter.message_id]["id"]] += 1
    figures.answers = len(evidence.letters)
    figures.losses = sum(violation.startswith("every_byte_is_kept: lost") for violation in figures.violations)
    figures.unknowns = sum(row["unknowns"] for row in ids.values())
    figures.copies = sum(max(0, count - 1) for count in copies.values())
    figures.duplicates = sum(max(0, copies[row["id"]] - 1) for row in ids.values() if not row["unknowns"])
    figures.given_up = len(evidence.rows("outbox", state="dead"))
    figures.worn_out = sum(map(is_worn, evidence.rows("mail")))


def main() -> int:
    """The command line; the exit code is 1 where an invariant is violated."""
    parser = argparse.ArgumentParser(description="Kill the daemon at random moments, then check every invariant.")
    parser.add_argument("--mails", type=int, default=100)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smtp-faults", action="store_true")
    parser.add_argument("--database", choices=DATABASES, default=DATABASES[0])
    parser.add_argument("--relay", choices=RELAYS, default=RELAYS[0])
    parser.add_argument("--runs", type=int, default=1, help="so many campaigns, each with the next seed")
    parser.add_argument("--ledger", type=Path, help="add each line to this file; seeds that it has are not run again")
    parser.add_argument("--keep", type=Path, help="a new folder that keeps database, logs and mails of each seed")
    asked = parser.parse_args()
    if asked.smtp_faults and asked.relay != RELAYS[0]:
        parser.error("only the scripted mail server can be told to misbehave")
    violated = False
    with Dovecot() as dovecot:
        for seed in range(asked.seed, asked.seed + asked.runs):
            plan = Plan(asked.mails, asked.kills, seed, asked.smtp_faults, asked.database, asked.relay)
            if not _is_in(asked.ledger, plan):
                violated |= _run(plan, dovecot=dovecot, ledger=asked.ledger, keep=asked.keep)
    return int(violated)


def _run(plan: Plan, *, dovecot: Dovecot, ledger: Path | None, keep: Path | None) -> bool:
    """One campaign, its line printed and added to the ledger; whether an invariant was violated."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if keep is None else keep / str(plan.seed)
        folder.mkdir(parents=True, exist_ok=True)
        figures = run_campaign(plan, dovecot=dovecot, folder=folder)
    line = json.dumps({**asdict(plan), **asdict(figures)}, ensure_ascii=False)
    print(line, flush=True)  # noqa: T201  the figures are the product of the script
    if ledger is not None:
        with ledger.open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")
    return bool(figures.violations)


def _is_in(ledger: Path | None, plan: Plan) -> bool:
    """Whether the ledger has this very campaign already: so a long series is resumed where it was broken off."""
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger is not None and ledger.exists() else []
    first = {"database": DATABASES[0], "relay": RELAYS[0]}  # lines from the time when there was no choice
    return any(asdict(plan).items() <= {**first, **json.loads(line)}.items() for line in lines)


if __name__ == "__main__":
    sys.exit(main())
