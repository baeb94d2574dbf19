"""Only this machine's own page gets in."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from tests.adapters.chat.playground.conftest import PageClient, bearer, saying
from tests.adapters.chat.playground.stage import CHANNEL, Stage

PAGES = ["/playground", "/playground/", "/playground/static/js/main.js", "/playground/api/start"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_forbids_what_the_page_does_not_need(
    page: PageClient, path: str
) -> None:
    """No script but our own files, no frame around, no guessing of types."""
    answer = await page.get(path)

    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, "/playground/nowhere", "/playground/api/bot/post"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "[", ""]
)
async def test_another_host_name_is_refused(page: PageClient, path: str, host: str) -> None:
    """A page elsewhere may let its name point here (DNS rebinding); it gets nothing."""
    answer = await page.get(path, headers={"Host": host})

    assert answer.status in (400, 403)
    assert "Patel" not in await answer.text()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
async def test_the_names_of_this_machine_are_taken(page: PageClient, host: str) -> None:
    """With any port: one may be forwarded."""
    answer = await page.get("/playground/api/start", headers={"Host": host})

    assert answer.status == 200


@pytest.mark.parametrize("path", ["say", "seen", "try", "nowhere"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", ""]
)
async def test_another_page_cannot_say_anything(
    page: PageClient, stage: Stage, *, path: str, origin: str
) -> None:
    """A foreign `Origin` is refused before anything is read."""
    answer = await page.post(
        f"/playground/api/{path}", json=saying("/jit mine"), headers={"Origin": origin}
    )

    assert answer.status == 403
    assert stage.bot.heard == []


async def test_what_names_no_origin_cannot_say_anything(outsider: PageClient, stage: Stage) -> None:
    """A browser names it with every POST; what does not is no page of ours."""
    answer = await outsider.post("/playground/api/say", json=saying("/jit mine"))

    assert answer.status == 403
    assert stage.bot.heard == []


async def test_the_pages_header_is_needed_with_every_post(
    page: PageClient, outsider: PageClient, stage: Stage
) -> None:
    """Another page cannot send it without asking, and is never allowed to."""
    origin = f"http://127.0.0.1:{page.port}"

    answer = await outsider.post(
        "/playground/api/say", json=saying("/jit mine"), headers={"Origin": origin}
    )

    assert answer.status == 403
    assert stage.bot.heard == []


async def test_a_form_of_another_page_is_not_read(page: PageClient, stage: Stage) -> None:
    """Only JSON is: a plain form needs no permission to be sent anywhere."""
    answer = await page.post("/playground/api/say", data={"text": "/jit mine"})

    assert answer.status == 415
    assert stage.bot.heard == []


async def test_the_live_connection_is_for_our_page_only(page: PageClient) -> None:
    """A WebSocket needs no permission to be opened: its origin is looked at."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await page.ws_connect(
            "/playground/api/live?as=riya.patel", headers={"Origin": "http://evil.example"}
        )

    assert refused.value.status == 403


async def test_a_page_cannot_use_the_bots_api(page: PageClient) -> None:
    """Not even with the token: the bot is no browser."""
    answer = await page.post("/playground/api/bot/post", json={}, headers=bearer())

    assert answer.status == 403


async def test_no_permission_to_ask_across_origins_is_given(page: PageClient) -> None:
    """A preflight gets no header that would allow anything."""
    answer = await page.options(
        "/playground/api/say",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
    )

    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "nonsense"])
async def test_other_machines_are_refused(
    page: PageClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Even where the server was bound to more than this machine by mistake."""
    monkeypatch.setattr(web.BaseRequest, "remote", address)

    answer = await page.get("/playground/api/start")

    assert answer.status == 403


async def test_a_body_that_is_too_long_is_refused_while_it_comes(
    page: PageClient, stage: Stage
) -> None:
    """Without a length said beforehand, too."""

    async def endless() -> object:
        for _ in range(1000):
            yield b"x" * 1024

    answer = await page.post(
        "/playground/api/say", data=endless(), headers={"Content-Type": "application/json"}
    )

    assert answer.status == 413
    assert stage.bot.heard == []


async def test_files_outside_the_pages_folder_are_not_served(page: PageClient) -> None:
    """Neither by a path that climbs nor as a listing."""
    for path in ("/playground/static/../app.py", "/playground/static/%2e%2e/app.py"):
        assert (await page.get(path)).status in (403, 404)
    assert (await page.get("/playground/static/")).status in (403, 404)


@pytest.mark.parametrize("token", ["wrong", "", "the-bot's-owné", "the-bot's-own2"])
@pytest.mark.parametrize("word", ["post", "edit"])
async def test_a_wrong_token_is_refused(outsider: PageClient, word: str, token: str) -> None:
    """Before the body is looked at."""
    answer = await outsider.post(f"/playground/api/bot/{word}", json={}, headers=bearer(token))

    assert answer.status == 401
    assert CHANNEL not in await answer.text()


async def test_no_token_is_refused(outsider: PageClient) -> None:
    """The bot's API is for the bot."""
    answer = await outsider.post("/playground/api/bot/post", json={})

    assert answer.status == 401
