"""The promise, tried: mixed mails, kills at random moments, every invariant checked at the end (MUST 1, 2, 11, 19)."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.campaigns.kills import Plan, run_campaign
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.timeout(300)]


def test_a_hundred_mails_survive_ten_kills(dovecot: Dovecot, tmp_path: Path) -> None:
    """Nothing is lost, each matter has one ticket, each person one answer; a second copy has its unknown on record."""
    seed = int(os.environ.get("CAMPAIGN_SEED", "20261121"))

    figures = run_campaign(Plan(mails=100, kills=10, seed=seed), dovecot=dovecot, folder=tmp_path)

    assert [] == figures.violations, json.dumps(asdict(figures), ensure_ascii=False)
    assert (0, 0) == (figures.losses, figures.duplicates)
    assert figures.kills_at_work > 0
