"""Where people's files are: the bot puts one to the address that it was given, in one piece."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from tests.teams.fake_teams.journal import Call, Journal, error
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import Json

_RANGE = re.compile(r"bytes 0-(\d+)/(\d+)")


@dataclass(slots=True)
class _Upload:
    account: str
    name: str
    key: str
    content: bytes | None = None


class Files:
    """Takes what people agreed to."""

    def __init__(self, organisation: Organisation, journal: Journal) -> None:
        self._org = organisation
        self._journal = journal
        self._uploads: dict[str, _Upload] = {}

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [web.put("/upload/{key}", self._take)]

    def offer(self, account: str, name: str) -> Json:
        """Say where a file may be put (FileUploadInfo)."""
        upload = _Upload(account, name, secrets.token_urlsafe(24))
        self._uploads[upload.key] = upload
        url = self._org.url
        return {
            "name": name,
            "contentUrl": f"{url}/personal/{account}/Documents/{name}",
            "uploadUrl": f"{url}/upload/{upload.key}",
            "uniqueId": secrets.token_hex(16),
            "fileType": name.rpartition(".")[2],
        }

    def kept(self, account: str) -> dict[str, bytes]:
        """Give what somebody has."""
        return {
            one.name: one.content
            for one in self._uploads.values()
            if one.account == account and one.content is not None
        }

    async def _take(self, request: web.Request) -> web.StreamResponse:
        content, span = await request.read(), request.headers.get("Content-Range", "")
        upload = self._uploads.get(request.match_info["key"])
        # The address is the whole secret: the bot's token has no business here.
        told = "Authorization" in request.headers

        def answer() -> tuple[int, Json]:
            if upload is None or upload.content is not None:
                return error(404, "itemNotFound", "The upload session was not found")
            if told:
                self._org.violations.append("the bot's token was sent with a file")
            found = _RANGE.fullmatch(span)
            sizes = (len(content) - 1, len(content))
            if found is None or (int(found[1]), int(found[2])) != sizes:
                return error(400, "invalidRequest", "The Content-Range header is wrong")
            upload.content = content
            return 201, {"id": upload.key, "name": upload.name, "size": len(content)}

        return await self._journal.answer(request, Call("upload"), answer)
