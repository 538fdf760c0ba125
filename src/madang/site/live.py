"""Live updates: server-sent events from one small ASGI process on one LISTEN connection.

Pages subscribe to a topic ("hearing/after-the-pandemic") and are told that it changed, never
what: they fetch that themselves, with their own rights. Only public facts are announced.
"""

import asyncio
import contextlib
import logging
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

logger = logging.getLogger(__name__)

CHANNEL = "madang_live"
LONGEST_TOPIC = 200
MOST_LISTENERS = 5_000

_listeners: dict[str, set[asyncio.Event]] = defaultdict(set)


async def live(request: Request) -> Response:
    """Answer with a stream that says "changed" whenever the topic does."""
    topic = request.query_params.get("topic", "")
    if not topic or len(topic) > LONGEST_TOPIC:
        return PlainTextResponse("Name a topic of at most 200 characters.", status_code=400)
    if sum(map(len, _listeners.values())) >= MOST_LISTENERS:
        return PlainTextResponse("Too many listeners; the page works without.", status_code=503)
    return EventSourceResponse(_changes(topic), ping=25)


async def _changes(topic: str) -> AsyncIterator[dict[str, str]]:
    changed = asyncio.Event()
    _listeners[topic].add(changed)
    try:
        while True:
            await changed.wait()
            changed.clear()
            yield {"data": "changed"}
    finally:
        _listeners[topic].discard(changed)
        if not _listeners[topic]:
            del _listeners[topic]


async def _listen() -> None:
    """Pass notifications on for ever; a lost connection is made again."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                os.environ["MADANG_DATABASE_URL"], autocommit=True
            ) as link:
                await link.execute(f"LISTEN {CHANNEL}")
                async for notice in link.notifies():
                    for changed in tuple(_listeners.get(notice.payload, ())):
                        changed.set()
        except psycopg.OperationalError as lost:
            logger.warning("live updates lost the database: %s", lost)
            await asyncio.sleep(2)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
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
