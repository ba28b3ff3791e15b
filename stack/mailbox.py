"""A mail server on 127.0.0.1 that keeps every letter as an .eml file and sends nothing on.

Recipients whose local part begins with `refuse` are refused with 550, so that a wrong address can be seen
and tested. Run as `python -m stack.mailbox PORT FOLDER`.
"""

import asyncio
import itertools
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP, Envelope, Session

HOUSE_CLOCK = ZoneInfo("Asia/Shanghai")


class Mailbox:
    """Handler of aiosmtpd: one file a letter, whole or not at all.

    :param folder: where letters go, as `<date>-<time>-<pid>-<number>.eml`; above the letter's own headers
        stand `X-Envelope-From` and one `X-Envelope-To` for each recipient that was accepted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_RCPT(  # noqa: N802 - names and parameters are aiosmtpd's
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Refuse what looks like `refuse…@…`, accept the rest."""
        if address.lower().startswith("refuse"):
            return "550 5.1.1 no such mailbox (addresses that begin with 'refuse' are refused on purpose)"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter; answers 250 only when it is on disk under its final name."""
        moment = datetime.now(HOUSE_CLOCK).strftime("%Y%m%d-%H%M%S")
        name = f"{moment}-{os.getpid()}-{next(self.numbers):05d}.eml"
        head = [f"X-Envelope-From: {envelope.mail_from}", *(f"X-Envelope-To: {to}" for to in envelope.rcpt_tos)]
        unfinished = self.folder / f".{name}"
        with unfinished.open("wb") as file:
            file.write("".join(f"{line}\r\n" for line in head).encode() + envelope.original_content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self.folder / name)
        return "250 OK kept"


async def serve(port: int, folder: Path) -> None:
    """Take letters until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    loop, mailbox, stopped = asyncio.get_running_loop(), Mailbox(folder), asyncio.Event()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", enable_SMTPUTF8=True), host="127.0.0.1", port=port
    )
    for request in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(request, stopped.set)
    print(f"mailbox: 127.0.0.1:{port}, letters go to {folder}", flush=True)
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
