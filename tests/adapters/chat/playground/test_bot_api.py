"""The bot's Web API takes cards, and nothing else."""

from __future__ import annotations

import pytest

from adapters.chat.playground.render import card_json
from tests.adapters.chat.playground.conftest import PageClient, bearer
from tests.adapters.chat.playground.stage import RIYA, Stage, sample_card

CARD = card_json(sample_card())


@pytest.mark.parametrize("channel", ["access-audit", "#access-audit"])
async def test_a_channel_is_named_with_or_without_its_mark(
    outsider: PageClient, stage: Stage, channel: str
) -> None:
    """Configurations write it both ways."""
    body = {"channel": channel, "token": "t1", "card": CARD}

    answer = await outsider.post("/playground/api/bot/post", json=body, headers=bearer())

    assert answer.status == 200
    (message,) = stage.memory.page("#access-audit", before=None, limit=9)
    assert (await answer.json()) == {"reference": str(message.number)}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"card": {"title": "x"}}, 400),
        ({"card": "text"}, 400),
        ({"card": None}, 400),
        ({"token": ""}, 400),
        ({"channel": "", "account": ""}, 404),
        ({"channel": "", "account": "nobody.known"}, 404),
        ({"thread": "1"}, 404),
        ({"thread": "9" * 40}, 404),
        ({"extra": 1}, 400),
        ({"token": "x" * 70_000}, 413),
    ],
)
async def test_what_is_no_post_is_refused(
    outsider: PageClient, stage: Stage, *, changes: dict[str, object], status: int
) -> None:
    """With a sentence, and nothing is kept."""
    body = {"channel": "access-audit", "token": "t1", "card": CARD, **changes}

    answer = await outsider.post("/playground/api/bot/post", json=body, headers=bearer())

    assert answer.status == status
    assert (await answer.json())["error"].endswith(".")
    assert stage.memory.last_number() == 0


async def test_a_persons_token_is_not_the_bots(outsider: PageClient, page: PageClient) -> None:
    """A person who guesses the bot's next token takes nothing away from it."""
    said = {"as": RIYA, "place": "#access-audit", "delivery": "post-JIT-42", "text": "hello"}
    await page.post("/playground/api/say", json=said)
    body = {"channel": "access-audit", "token": f"{RIYA}:post-JIT-42", "card": CARD}

    answer = await outsider.post("/playground/api/bot/post", json=body, headers=bearer())

    assert (await answer.json())["reference"] == "2"
