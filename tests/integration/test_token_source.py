"""One token kept alive: in time, once, and without hammering whoever gives it (MUST 13)."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from triage.transport.credentials import AccessToken, TokenRefused, TokenUnavailable
from triage.transport.oauth.answers import Issued
from triage.transport.oauth.source import TokenSource

REFUSED = TokenRefused("no", reason="invalid_client", code=7000222)
LATER = TokenUnavailable("not now")


class Giver:
    """Gives tokens of a hundred seconds by a clock that is set by hand; `trouble` is raised instead."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self.trouble: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.source = TokenSource(self._issue, clock=lambda: self.now)

    async def _issue(self) -> Issued:
        self.asked += 1
        number = self.asked
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return Issued(token=f"jeton-{number}", seconds=100)

    async def value(self) -> str:
        return (await self.source.token()).value

    async def asked_over(self, seconds: int, *, every: int = 1) -> int:
        """How often a token was asked for while somebody wanted one all the time."""
        before = self.asked
        for _ in range(0, seconds, every):
            with pytest.raises((TokenRefused, TokenUnavailable)):
                await self.source.token()
            self.now += every
        return self.asked - before


@pytest.fixture
async def giver() -> Giver:
    """A giver and its source."""
    return Giver()


async def test_a_token_is_renewed_at_three_quarters_of_its_life(giver: Giver) -> None:
    """Until then the same one is given out, and nobody is asked."""
    seen = []
    for giver.now in (0, 74.9, 75, 100):
        seen.append(await giver.value())

    assert ["jeton-1", "jeton-1", "jeton-2", "jeton-2"] == seen


async def test_however_many_ask_one_request_is_made(giver: Giver) -> None:
    """Two logins at once share the token; the one that gives up takes nothing from the other."""
    giver.gate.clear()
    first, *others = [asyncio.create_task(giver.value()) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    giver.gate.set()

    assert ["jeton-1"] * 4 == await asyncio.gather(*others)
    assert 1 == giver.asked


@pytest.mark.parametrize("trouble", [REFUSED, LATER])
async def test_a_renewal_that_fails_costs_nothing_while_the_old_token_lives(giver: Giver, trouble: Exception) -> None:
    """A quarter of its life is left for the token server to come back; after it there is none."""
    await giver.value()
    giver.trouble = trouble
    seen = []
    for giver.now in (75, 99.9):
        seen.append(await giver.value())
    giver.now = 100

    assert ["jeton-1", "jeton-1"] == seen
    with pytest.raises(type(trouble)):
        await giver.value()


async def test_two_refusals_mean_five_minutes(giver: Giver) -> None:
    """In an hour of asking every second: two at once, then one in five minutes, and an alert with its number."""
    giver.trouble = REFUSED
    with capture_logs() as log:
        asked = await giver.asked_over(3600)
    alerts = [line for line in log if line["event"] == "login_refused"]

    assert 2 + 11 == asked
    assert asked - 1 == len(alerts)
    assert ("token", "invalid_client", 7000222) == (alerts[0]["task"], alerts[0]["reason"], alerts[0]["code"])


async def test_trouble_means_pauses_that_double(giver: Giver) -> None:
    """2, 4, 8 … seconds, five minutes at most."""
    giver.trouble = LATER

    assert 8 == await giver.asked_over(2 + 4 + 8 + 16 + 32 + 64 + 128 + 1)
    assert 12 == await giver.asked_over(3600)


async def test_the_pause_that_is_asked_for_is_kept(giver: Giver) -> None:
    """Retry-After is obeyed, and told to whoever wants a token."""
    giver.trouble = TokenUnavailable("not now", not_before=timedelta(seconds=90))
    asked = await giver.asked_over(90)
    with pytest.raises(TokenUnavailable) as trouble:
        await giver.value()

    assert (1, timedelta(seconds=90)) == (asked, trouble.value.not_before)


async def test_after_trouble_all_is_as_before(giver: Giver) -> None:
    """A success ends the count of troubles."""
    giver.trouble = LATER
    await giver.asked_over(3)
    giver.trouble = None
    giver.now += 10
    first = await giver.value()
    giver.trouble, giver.now = LATER, giver.now + 100

    assert first == f"jeton-{giver.asked}"
    assert 2 == await giver.asked_over(3)


async def test_a_token_that_was_refused_is_not_given_out_again(giver: Giver) -> None:
    """The next one is; a refusal of a token that has been replaced meanwhile changes nothing."""
    first = await giver.source.token()
    giver.source.forget(first)
    second = await giver.value()
    giver.source.forget(first)

    assert ("jeton-2", "jeton-2") == (second, await giver.value())


async def test_a_token_is_never_shown(giver: Giver) -> None:
    """Neither by repr nor by str, alone or inside another value."""
    token = await giver.source.token()
    shown = [f"{value!r} {value}" for value in (token, [token], Issued("jeton", 1, "jeton"), giver.source)]

    assert "jeton" not in " ".join(shown)
    assert isinstance(token, AccessToken)
