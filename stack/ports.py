"""Free TCP ports on 127.0.0.1."""

import socket
import zlib

#: Below the range from which Linux and macOS take the ports of outgoing connections.
FIRST, LAST = 20000, 31999


def is_free(port: int) -> bool:
    """Tell whether nobody listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that was free a moment ago, another at each call."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def choose(names: list[str], seed: str, kept: dict[str, int]) -> dict[str, int]:
    """Return a free port for each name: the kept one while it is free, else one found from `seed`.

    Two stacks that start in the same second have different seeds, so they do not look at the same ports.

    :raises RuntimeError: when all 12,000 ports are taken.
    """
    span = LAST - FIRST + 1
    start = zlib.crc32(seed.encode()) % span
    chosen: dict[str, int] = {}
    for name in names:
        candidates = (FIRST + (start + step) % span for step in range(span))
        for port in (*([kept[name]] if name in kept else []), *candidates):
            if port not in chosen.values() and is_free(port):
                chosen[name] = port
                break
        else:
            raise RuntimeError(f"All ports from {FIRST} to {LAST} are taken: stop what listens there.")
    return chosen
