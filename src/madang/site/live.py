"""Live updates: server-sent events from one small ASGI process on one LISTEN connection.

Pages subscribe to a topic ("hearing/after-the-pandemic") and are told that it changed, never
what: they fetch that themselves, with their own rights. Only public facts are announced.
"""

import asyncio
import contextlib
import logging
import logging.config
import os
from collections import defaultdict
from collections.abc import AsyncIterator

import psycopg
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from madang.site.environment import LIVE_CONNECTION, logging_settings

logger = logging.getLogger(__name__)

CHANNEL = "madang_live"
LONGEST_TOPIC = 200
MOST_TOPICS = 20
MOST_LISTENERS = 5_000

_listeners: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)


async def live(request: Request) -> Response:
    """Answer with a stream that names a topic whenever it changes."""
    topics = request.query_params.getlist("topic")
    if not 1 <= len(topics) <= MOST_TOPICS or max(map(len, topics)) > LONGEST_TOPIC:
        return PlainTextResponse("Name 1 to 20 topics of at most 200 characters.", status_code=400)
    if sum(map(len, _listeners.values())) >= MOST_LISTENERS:
        return PlainTextResponse("Too many listeners; the page works without.", status_code=503)
    return EventSourceResponse(_changes(set(topics)), ping=25)


async def _changes(topics: set[str]) -> AsyncIterator[dict[str, str]]:
    # A reader too slow for this many changes needs none of them twice.
    changed: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
    for topic in topics:
        _listeners[topic].add(changed)
    try:
        while True:
            yield {"data": await changed.get()}
    finally:
        for topic in topics:
            _listeners[topic].discard(changed)
            if not _listeners[topic]:
                del _listeners[topic]


async def _listen() -> None:
    """Pass notifications on for ever; a lost connection is made again."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                os.environ["MADANG_DATABASE_URL"],
                autocommit=True,
                application_name=LIVE_CONNECTION,
                connect_timeout=5,
            ) as link:
                await link.execute(f"LISTEN {CHANNEL}")
                async for notice in link.notifies():
                    for changed in tuple(_listeners.get(notice.payload, ())):
                        with contextlib.suppress(asyncio.QueueFull):
                            changed.put_nowait(notice.payload)
        except psycopg.OperationalError as lost:
            logger.warning("live updates lost the database: %s", lost)
            await asyncio.sleep(2)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    logging.config.dictConfig(logging_settings())
    listening = asyncio.create_task(_listen())
    yield
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


application = Starlette(
    routes=[Route("/live", live)],
    middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"])],
    lifespan=_lifespan,
)
