"""Places posted to, in Postgres."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from engine.chats import Post
from engine.model.identifiers import PlatformName, RequestId
from storage.database.wire import prepare_hot
from storage.tables import post
from storage.transaction import Transaction

_OF = prepare_hot(
    select(post.c.request, post.c.platform, post.c.key, post.c.reference, post.c.digest)
    .where(post.c.request == bindparam("request"), post.c.platform == bindparam("platform"))
    .order_by(post.c.key)
)

_AT = prepare_hot(
    select(post.c.request, post.c.platform, post.c.key, post.c.reference, post.c.digest).where(
        post.c.reference == bindparam("reference"),
        post.c.reference != "",  # that is where nothing arrived
        post.c.platform == bindparam("platform"),
    )
)

_place = insert(post)
_REMEMBER = prepare_hot(
    _place.on_conflict_do_update(
        index_elements=[post.c.request, post.c.platform, post.c.key],
        set_={
            "digest": _place.excluded.digest,
            # A late writer that does not know the reference must not make it forgotten.
            "reference": func.coalesce(_place.excluded.reference, post.c.reference),
        },
    ),
    *(column.name for column in post.c),
)


class PostgresPosts:
    """Places posted to, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def of(self, request: RequestId, platform: PlatformName) -> Sequence[Post]:
        """List a request's places on one platform."""
        rows = self._tx.wire.rows((_OF, {"request": request, "platform": platform}))
        return [Post(*row) for row in rows]

    def at(self, platform: PlatformName, reference: str) -> Post | None:
        """Find which place a message stands for; None where it is none that is remembered."""
        rows = self._tx.wire.rows((_AT, {"reference": reference, "platform": platform}))
        return Post(*rows[0]) if rows else None

    def remember(self, post: Post) -> None:
        """Keep a place, or what is newly known of it; a known reference is never forgotten."""
        self._tx.wire.later(
            _REMEMBER,
            {
                "request": post.request,
                "platform": post.platform,
                "key": post.key,
                "reference": post.reference,
                "digest": post.digest,
            },
        )
