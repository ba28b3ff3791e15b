"""A real mail server for tests: aiosmtpd in a thread, which keeps letters and misbehaves on request."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backoffice.mailer import SmtpSettings


@dataclass
class PostOffice:
    """Handler of aiosmtpd.

    :param answers: what RCPT says to an address, e.g. ``{"gone@x.cn": "550 no such user"}``.
    :param on_rcpt: called before RCPT is answered. :param on_data: called when a letter was kept, before the 250;
        it may return another answer.
    """

    answers: dict[str, str] = field(default_factory=dict)
    on_rcpt: Callable[[], None] | None = None
    on_data: Callable[[Session], str | None] | None = None
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    _transport: Any = None
    settings: SmtpSettings = field(default_factory=lambda: SmtpSettings("127.0.0.1"))

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Answer as told."""
        self._transport = server.transport
        if self.on_rcpt:
            self.on_rcpt()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the letter, then answer."""
        self.kept.append((envelope.rcpt_tos[0], envelope.original_content))
        return (self.on_data and self.on_data(session)) or "250 kept"

    def hang_up(self) -> None:
        """Cut the connection without an answer."""
        self._transport.abort()

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters that were kept, parsed."""
        return [message_from_bytes(raw, policy=default) for _, raw in self.kept]

    @property
    def addresses(self) -> list[str]:
        """Where letters went, in order."""
        return [to for to, _ in self.kept]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server on a free port of 127.0.0.1."""
    office = PostOffice()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the controller greets itself before it tells a port of its own choice
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    office.settings = SmtpSettings("127.0.0.1", port, sender="office@house.cn", sender_name="后台", timeout_seconds=10)
    try:
        yield office
    finally:
        controller.stop()


def kill(process_id: int) -> None:
    """kill -9: no handler runs, nothing is stamped."""
    os.kill(process_id, signal.SIGKILL)
