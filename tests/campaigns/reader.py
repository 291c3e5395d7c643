"""The reader against mails by a grammar, damaged on the way: each has a lawful answer, and each soon enough.

`make campaign-reading ARGS="--cases 20000 --seed 1"`; a thousand cases have one seed, and the ledger, by default
`.campaign-reading.jsonl`, keeps what each seed gave: a campaign that is begun again goes on after the last.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.lawful import assert_lawful
from tests.mail_grammar import MAILS
from triage.mail.reading.parse import parse_message

CHUNK = 1_000
MOST_SECONDS = 2.0


def main() -> int:
    """Run what is missing and print the sum; 1 where a mail broke a law or took too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", type=Path, default=Path(".campaign-reading.jsonl"))
    options = parser.parse_args()
    wanted = range(options.seed, options.seed + -(-options.cases // CHUNK))
    done = _done(options.ledger)
    for number in wanted:
        if number not in done:
            done[number] = run_chunk(number)
            with options.ledger.open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps(done[number]) + "\n")
            sys.stdout.write(f"{done[number]}\n")
            sys.stdout.flush()
    found = [done[number] for number in wanted]
    cases, failed = sum(each["cases"] for each in found), [each for each in found if each["failure"]]
    slowest = max(each["slowest"] for each in found)
    sys.stdout.write(f"{cases} mails, {len(failed)} seeds with a failure, slowest {slowest * 1000:.0f} ms\n")
    return int(bool(failed) or slowest > MOST_SECONDS)


def run_chunk(number: int) -> dict[str, Any]:
    """A thousand mails of one seed: how many, the slowest in seconds of processor time, and what broke, if anything."""
    read, slowest = 0, 0.0

    @seed(number)
    @settings(
        max_examples=CHUNK,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(MAILS)
    def one(raw: bytes) -> None:
        nonlocal read, slowest
        signal.setitimer(signal.ITIMER_REAL, 10 * MOST_SECONDS)
        began = time.process_time()
        message = parse_message(raw)
        slowest = max(slowest, time.process_time() - began)
        signal.setitimer(signal.ITIMER_REAL, 0)
        read += 1

        assert message.readable
        assert_lawful(message)

    signal.signal(signal.SIGALRM, _ring)
    failure = ""
    try:
        one()
    except KeyboardInterrupt:  # a person ends the campaign: no finding, and no line in the ledger
        raise
    except BaseException as raised:  # noqa: BLE001  whatever broke is the finding, with the mail that Hypothesis shrank
        failure = "\n".join([repr(raised)[:2_000], *getattr(raised, "__notes__", [])])[:6_000]
    return {"seed": number, "cases": read, "slowest": round(slowest, 4), "failure": failure}


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise BaseExceptionGroup("too slow", [TimeoutError("a mail took too long")])


def _done(ledger: Path) -> dict[int, dict[str, Any]]:
    if not ledger.exists():
        return {}
    return {each["seed"]: each for each in map(json.loads, ledger.read_text(encoding="utf-8").splitlines())}


if __name__ == "__main__":
    sys.exit(main())
