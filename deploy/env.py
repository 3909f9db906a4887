"""make env: writes .env, a fresh password for each `${NAME:?…}` of docker-compose.yml.

An existing .env is never touched: exit 0 where it names all of them, 1 with the missing ones where it does not.
"""

import os
import re
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED = re.compile(r"\$\{([A-Z][A-Z0-9_]*):\?")


def main(root: Path = ROOT) -> str | None:
    """What is wrong, for sys.exit; None where nothing is."""
    env = root / ".env"
    names = sorted(set(NEEDED.findall((root / "docker-compose.yml").read_text("utf-8"))))
    try:
        # Nobody else may read it, from the first byte on; and it must not be there yet.
        descriptor = os.open(env, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _lacking(env, names)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        # Letters, digits, - and _ alone: they stand in URLs.
        file.writelines(f"{name}={secrets.token_urlsafe(24)}\n" for name in names)
    print(f"wrote {env.name}: {', '.join(names)}")
    return None


def _lacking(env: Path, names: list[str]) -> str | None:
    given = {line.partition("=")[0].strip() for line in env.read_text("utf-8").splitlines()}
    if missing := [name for name in names if name not in given]:
        return f"{env.name} is there, but without {', '.join(missing)}: add a line for each, or move it away"
    print(f"{env.name} is there already; kept as it is")
    return None


if __name__ == "__main__":
    sys.exit(main())
