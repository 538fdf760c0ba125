"""Write what a city's machine needs to run each block behind its wall: services and a proxy.

A service has a user of its own, who can read the variables of its own wall and no other secret.
Paths of a block lead to its process; where that does not answer, the front says so.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from madang.ground.processes import FRONT, GROUND, LIVE
from madang.site.apart import Place, environment_of, places
from madang.site.environment import SECRETS

HERE = "127.0.0.1"
KEY_GROUP = "madang-keys"
NOT_COPIED = (*SECRETS, "MADANG_BLOCK", "MADANG_DATABASE_URL", "MADANG_LANGUAGE")
SERVICE = """\
# Written by `madang deploy`. {what}.
[Unit]
Description=Madang: {name}
After=network-online.target{after}
Wants=network-online.target

[Service]
User={user}
EnvironmentFile={variables}
ExecStart={program} serve --block {name} --host {host} --port {port}
Restart=always
RestartSec=2
NoNewPrivileges=yes
CapabilityBoundingSet=
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallFilter=@system-service
UMask={mask}
{paths}

[Install]
WantedBy=multi-user.target
"""
NGINX = """\
# Written by `madang deploy`; write it again when a block is added. Belongs into the http part.
server {{
{listen}
    server_name {hosts};
    client_max_body_size 20m;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header Connection "";

    location = /live {{
        proxy_pass http://{here}:{live};
        proxy_buffering off;
        proxy_read_timeout 1h;
    }}
{blocks}
    location / {{
        proxy_pass http://{here}:{front};
    }}
    # The front says of a part that does not answer that it does not.
    location @front {{
        proxy_pass http://{here}:{front};
    }}
}}
"""
NGINX_BLOCK = """\
    location ~ ^/({languages}|api/v1/)?{name}(/|$) {{
        proxy_pass http://{here}:{port};
        proxy_intercept_errors on;
        error_page 502 503 504 = @front;
    }}"""
CADDY = """\
# Written by `madang deploy`; write it again when a block is added.
{hosts} {{
	request_body {{
		max_size 20MB
	}}
	handle /live {{
		reverse_proxy {here}:{live} {{
			flush_interval -1
		}}
	}}
{blocks}
	handle {{
		reverse_proxy {here}:{front}
	}}
	# The front says of a part that does not answer that it does not.
	handle_errors {{
		reverse_proxy {here}:{front}
	}}
}}
"""
CADDY_BLOCK = """\
	@{name} path_regexp ^/({languages}|api/v1/)?{name}(/|$)
	handle @{name} {{
		reverse_proxy {here}:{port}
	}}"""


@dataclass(frozen=True)
class Written:
    """A file to write. secret: for its owner alone."""

    path: Path
    text: str
    is_secret: bool = False


def deployment(*, folder: Path, hosts: list[str], port: int, listen: str = "") -> Iterator[Written]:
    """Yield every file of a deployment into this folder.

    port: of the front; live updates and blocks take the next ones. listen: where nginx listens
    without https, as in "127.0.0.1:8080"; with https at 443 where it is empty.
    """
    where = places(port)
    users = [_user(name) for name in (GROUND, *(place.wall for place in where))]
    site = f"http://{listen}" if listen else f"https://{hosts[0]}"
    told = {"MADANG_LIVE_URL": f"{site}/live", **({} if listen else {"MADANG_HTTPS": "1"})}
    kept = ("MADANG_DATABASE_URL", *SECRETS)  # those that no file has are in this shell
    owner = {name: os.environ[name] for name in kept if name in os.environ}
    yield Written(folder / "sysusers.conf", _users(users))
    yield _variables(folder, GROUND, told, owner)
    yield _service(folder, Place(GROUND, port))
    for place in where:
        yield _variables(folder, place.wall, told, environment_of(place.wall))
        yield _service(folder, place)
    yield Written(folder / "nginx.conf", _nginx(where, hosts, listen))
    yield Written(folder / "Caddyfile", _caddy(where, hosts))


def _users(users: list[str]) -> str:
    """Return who there must be: a user for each service, and the group that uses the key store."""
    made = "".join(f'u {user} - "Madang"\n' for user in users)
    joined = "".join(f"m {user} {KEY_GROUP}\n" for user in users if user != _user(LIVE))
    return f"g {KEY_GROUP} -\n{made}{joined}"


def _user(wall: str) -> str:
    return f"madang-{wall}"


def _variables(folder: Path, wall: str, told: dict[str, str], given: dict[str, str]) -> Written:
    """Return the variables of a service: those of this shell that are no secrets, and its own.

    told: what stands where the shell says nothing.
    """
    open_ones = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("MADANG_") and not name.startswith(NOT_COPIED)
    }
    places = {"MADANG_DATA": str(settings.MADANG_DATA), "MADANG_KEYS": str(settings.MADANG_KEYS)}
    whole = {"MADANG_PROXIES": "1", **told, **open_ones, **places, **given}
    lines = [f"{name}={_quoted(value)}\n" for name, value in sorted(whole.items())]
    return Written(folder / f"{wall}.env", "".join(lines), is_secret=True)


def _quoted(value: str) -> str:
    """Return a value as systemd reads it from a file."""
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def _service(folder: Path, place: Place) -> Written:
    is_ground = place.wall == GROUND
    data = settings.MADANG_DATA
    keys = "" if place.wall == LIVE else f"ReadWritePaths=-{settings.MADANG_KEYS}\n"
    closed = f"{keys}InaccessiblePaths=-{data}/secrets -{data}/mail -{folder}"
    backups = f" -{shelf}" if (shelf := os.environ.get("MADANG_BACKUP_DIR")) else ""
    written = f"ReadWritePaths={data} -{settings.MADANG_KEYS}{backups}"
    opened = f"{written}\nInaccessiblePaths=-{folder}"
    text = SERVICE.format(
        what="The ground's work, as the owner of the tables" if is_ground else "Behind its wall",
        name=place.wall,
        after="" if is_ground else " madang-ground.service",
        user=_user(place.wall),
        variables=folder / f"{place.wall}.env",
        program=Path(sys.executable).parent / "madang",
        host=HERE,
        port=place.port,
        mask="0022" if is_ground else "0077",
        paths=opened if is_ground else closed,
    )
    return Written(folder / f"madang-{place.wall}.service", text)


def _nginx(where: tuple[Place, ...], hosts: list[str], listen: str) -> str:
    listening = f"    listen {listen};" if listen else _https(hosts[0])
    return _proxy(where, NGINX, NGINX_BLOCK, hosts=" ".join(hosts), listen=listening)


def _caddy(where: tuple[Place, ...], hosts: list[str]) -> str:
    return _proxy(where, CADDY, CADDY_BLOCK, hosts=", ".join(hosts))


def _proxy(where: tuple[Place, ...], whole: str, part: str, **words: str) -> str:
    ports = {place.wall: place.port for place in where}
    others = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    words |= {"languages": "|".join(f"{code}/" for code in others), "here": HERE}
    blocks = [
        part.format(name=name, port=port, **words)
        for name, port in ports.items()
        if name not in {FRONT, LIVE}
    ]
    return whole.format(blocks="\n".join(blocks), front=ports[FRONT], live=ports[LIVE], **words)


def _https(host: str) -> str:
    return "\n".join(
        [
            "    listen 443 ssl http2;",
            "    listen [::]:443 ssl http2;",
            f"    ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;",
            f"    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;",
        ]
    )
