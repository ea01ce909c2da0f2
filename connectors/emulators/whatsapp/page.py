"""The simulator's page and its files, under a policy that lets nothing in from elsewhere."""

from pathlib import Path

from aiohttp import web

_STATIC = Path(__file__).parent / "static"
_LOOPBACK = "http://localhost:* http://127.0.0.1:*"
"""The same machine under its two names: payment pages may be opened under one and return to the other."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; "
    f"frame-src 'self' {_LOOPBACK}; frame-ancestors 'self' {_LOOPBACK}"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes() -> list[web.RouteDef]:
    """`/simulator`, where a payment page returns to, and the files of both."""

    async def simulator(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "simulator.html", headers=_HEADERS)

    async def back(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "return.html", headers=_HEADERS)

    async def file(request: web.Request) -> web.FileResponse:
        path = (_STATIC / request.match_info["path"]).resolve()
        if not path.is_relative_to(_STATIC) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_HEADERS)

    async def home(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/simulator")

    return [
        web.get("/", home),
        web.get("/simulator", simulator),
        web.get("/simulator/return", back),
        web.get("/simulator/static/{path:.+}", file),
    ]
