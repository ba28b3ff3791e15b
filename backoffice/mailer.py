"""Speaking SMTP so that the outcome of each letter is known: taken, not taken, refused, or unclear.

smtplib's `sendmail` does not tell a connection lost before the letter was handed over from one lost after it, and only
the first may be tried again. So the dialogue is led here, step by step, on smtplib's connection.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self

LINE_START_DOT = re.compile(rb"(?m)^\.")
TIMEOUT_SECONDS = 60.0


class LeftBehindError(RuntimeError):
    """The letter was certainly not taken; a later try may send it."""


class RefusedError(RuntimeError):
    """The server will never take this letter for this recipient."""


class UnclearError(RuntimeError):
    """The letter was handed over, the answer is missing: it may have been sent."""


@dataclass(frozen=True)
class SmtpSettings:
    """Where and as whom letters are handed in.

    :param security: ``none``, ``starttls`` or ``ssl``.
    :param sender: address in From and in the envelope.
    :param timeout_seconds: for each answer of the server.
    """

    host: str
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = "none"
    sender: str = "backoffice@localhost"
    sender_name: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS


class Mailer:
    """One connection to the mail server, opened with the first letter and again when the server hangs up."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up(politely=kind is None)

    def send(self, message: bytes, to: str) -> None:
        """Hand in one letter for one recipient.

        :raises LeftBehindError: not taken for now. :raises RefusedError: not taken for good.
        :raises UnclearError: handed over without an answer.
        """
        try:
            self._announce(to)
        except (smtplib.SMTPServerDisconnected, OSError):
            # Servers hang up after some letters or some silence; nothing was handed over yet, so dial once more.
            self._hang_up(politely=False)
            try:
                self._announce(to)
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                self._hang_up(politely=False)
                raise LeftBehindError(f"邮件服务器没有应答：{error}") from None
        self._hand_over(message)

    def _announce(self, to: str) -> None:
        """Lead the dialogue up to the point where the server waits for the letter."""
        server = self._connected()
        self._demand(server.mail(self.settings.sender), {250}, final={552}, what="发件")
        try:
            answer = server.rcpt(to)
        except (UnicodeEncodeError, ValueError):
            self._forget(0)
            raise RefusedError(f"收件地址不合规：{to}") from None
        self._demand(answer, {250, 251}, final=range(500, 600), what="收件人")
        server.putcmd("data")
        self._demand(server.getreply(), {354}, final=range(500, 600), what="信件")

    def _hand_over(self, message: bytes) -> None:
        server = self._server
        ending = b"" if message.endswith(b"\r\n") else b"\r\n"
        try:
            server.send(LINE_START_DOT.sub(b"..", message) + ending + b".\r\n")
            answer = server.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._hang_up(politely=False)
            raise UnclearError(f"信已交出，未收到服务器回执（{error}）。") from None
        self._demand(answer, {250}, final=range(500, 600), what="信件")

    def _demand(self, answer: tuple[int, bytes], good: set[int], *, final: range | set[int], what: str) -> None:
        """Accept the answer, or end the dialogue about this letter."""
        code, words = answer
        if code in good:
            return
        said = f"服务器不接受{what}：{code} {words.decode('utf-8', 'replace')}"
        self._forget(code)
        raise RefusedError(said) if code in final else LeftBehindError(said)

    def _forget(self, code: int) -> None:
        """Make the server ready for the next letter, or let go of it."""
        try:
            if code not in {421, -1}:
                self._server.rset()
                return
        except (smtplib.SMTPServerDisconnected, OSError):
            pass
        self._hang_up(politely=False)

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._dial()
            except (OSError, smtplib.SMTPException) as error:
                raise LeftBehindError(f"连不上邮件服务器 {self.settings.host}:{self.settings.port}：{error}") from None
        return self._server

    def _dial(self) -> smtplib.SMTP:
        of = self.settings
        name = of.sender.rpartition("@")[2] or "localhost"
        if of.security == "ssl":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(of.host, of.port, name, timeout=of.timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(of.host, of.port, name, timeout=of.timeout_seconds)
        if of.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if of.user:
            server.login(of.user, of.password)
        return server

    def _hang_up(self, *, politely: bool) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        if politely:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()
        else:
            server.close()
