"""From a composed letter to the bytes that go over the wire: headers, both bodies, the files or links to them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.encoders import encode_base64
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from backoffice.letters import LINK_MARK, LetterFile, environment, one_line
from backoffice.mailer import LeftBehindError, RefusedError, SmtpSettings
from backoffice.workbook.wording import HOUSE

MAX_ATTACHMENT_BYTES = 15_000_000  # base64 makes it 20 MB, which QQ, 163 and Exchange take by default
LEASE_SECONDS = 300.0
#: attachment headers are written by ourselves; refolding would break the encoded words in their parameters
WIRE = SMTP.clone(refold_source="none")
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class Post:
    """How letters leave the house.

    :param files_root: folder that the paths of files are relative to.
    :param redirect_to: trial setting: every letter goes to this address instead.
    :param max_attachment_bytes: of all files of a letter together; beyond it the largest are linked to instead.
    :param link_base: address that a file's relative path is appended to.
    :param lease_seconds: how long a deliverer may take for one letter; well above the SMTP timeout.
    :param patience_seconds: how long to wait in the end for letters that another deliverer has in hand.
    """

    files_root: Path
    redirect_to: str | None = None
    max_attachment_bytes: int = MAX_ATTACHMENT_BYTES
    link_base: str = ""
    lease_seconds: float = LEASE_SECONDS
    patience_seconds: float = 10.0


@dataclass
class Envelopes:
    """Builds messages; keeps the files of the last letter, as the letters of one document follow each other."""

    post: Post
    settings: SmtpSettings
    _kept: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)

    def message(self, letter: Mapping[str, Any]) -> bytes:
        """The message of a claimed letter (a row of `claim_letter`).

        :raises LeftBehindError: one of its files is missing, is not the registered one, or is too large to send.
        :raises RefusedError: the address cannot be written into a header.
        """
        message = EmailMessage(policy=WIRE)
        message["From"] = _address(self.settings.sender, self.settings.sender_name)
        if self.post.redirect_to:
            message["To"] = _address(self.post.redirect_to, "")
            message.set_raw("Subject", _subject(f"【试运行→{letter['recipient']}】{letter['subject']}"))
        else:
            message["To"] = _address(letter["recipient"], letter["recipient_name"])
            message.set_raw("Subject", _subject(letter["subject"]))
        message["Date"] = format_datetime(datetime.now(HOUSE))
        message["Message-ID"] = letter["message_id"]
        message["Auto-Submitted"] = "auto-generated"
        attached, linked = self._divided([LetterFile(**file) for file in letter["files"]])
        links = [self._link(file) for file in linked]
        link_html, link_text = ("".join(words) for words in zip(*links, strict=True)) if links else ("", "")
        self._kept = {file.sha256: self._content(file) for file in attached}
        message.set_content(f"{letter['body_text'] or ''}{link_text}", cte="base64")
        message.add_alternative(_with_link(letter["body_html"], link_html), subtype="html", cte="base64")
        if attached:
            message.make_mixed()
        for file in attached:
            message.attach(_attachment(Path(file.file_path).name, self._kept[file.sha256]))
        return message.as_bytes(policy=WIRE)

    def _divided(self, files: list[LetterFile]) -> tuple[list[LetterFile], list[LetterFile]]:
        """What is attached and what is linked to: of files too large together, the largest, until the rest fits."""
        if not all(file.file_path for file in files):
            raise LeftBehindError("附件还没有生成，请先完成“生成文件”这一步。")
        attached, linked = list(files), []
        while sum(file.byte_count for file in attached) > self.post.max_attachment_bytes:
            linked.append(max(attached, key=lambda file: file.byte_count))
            attached.remove(linked[-1])
        return attached, linked

    def _link(self, file: LetterFile) -> tuple[str, str]:
        size = f"{file.byte_count / 1e6:.1f} MB"
        if not self.post.link_base:
            raise LeftBehindError(f"附件 {size} 超过上限，又没有设置下载地址。请管理员设置下载地址后重发。")
        name = Path(file.file_path).name
        address = f"{self.post.link_base.rstrip('/')}/{quote(file.file_path)}"
        html = environment().get_template("link.html.j2").render(address=address, file_name=name, size_text=size)
        return html, f"附件较大（{size}），请从这里下载：{name}\n{address}\n"

    def _content(self, file: LetterFile) -> bytes:
        if file.sha256 in self._kept:
            return self._kept[file.sha256]
        try:
            content = (self.post.files_root / file.file_path).read_bytes()
        except OSError as error:
            raise LeftBehindError(f"附件读不到：{file.file_path}（{error.strerror}）。请重新生成文件。") from None
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise LeftBehindError(f"附件与登记的校验码不符：{file.file_path}。请勿改动文件，重新生成后再发。")
        return content


def _subject(subject: str) -> str:
    """The encoded subject. Folded by EmailMessage itself, a blank that falls between two encoded words is lost."""
    return Header(one_line(subject), "utf-8", header_name="Subject").encode(linesep="\r\n")


def _address(address: str, name: str) -> Address:
    try:
        return Address(display_name=one_line(name), addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise RefusedError(f"收件地址不合规：{address}") from None


def _with_link(html: str, link: str) -> str:
    if LINK_MARK in html:
        return html.replace(LINK_MARK, link)
    return html.replace("</body>", f"{link}</body>", 1) if "</body>" in html else html + link


def _attachment(name: str, content: bytes) -> Message:
    """A file with its name said twice: RFC 2231 for those who follow it, RFC 2047 in `name=` for old clients (OPS-13).

    The RFC 2231 name stays in one piece: continuations (`filename*0*`) are what 163 and old Outlook stumble over.
    """
    part = Message()
    words = Header(name, "utf-8", maxlinelen=70).encode(linesep="\r\n")
    kind = TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
    part["Content-Type"] = f'{kind};\r\n name="{words}"'
    part["Content-Disposition"] = f"attachment;\r\n filename*=utf-8''{quote(name, safe='')}"
    part.set_payload(content)
    encode_base64(part)
    return part
