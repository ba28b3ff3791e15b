"""Open matters that a person settles: letters 待核实 or refused, returned lines, a document to print again."""

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name

import psycopg

from backoffice import artifacts, outbox
from backoffice.documents import says_something
from backoffice.feeds import sign_off
from backoffice.runs import log
from backoffice.workbook import DocumentChangedError

ACTIONS = ("邮件：已收到", "邮件：重发", "邮件：取消", "邮件：改地址重发", "退回资料：签字", "文件：重印")


class MatterRefused(ValueError):
    """What was asked cannot be done; the text is Chinese and says what to do."""


def settle(
    connection: psycopg.Connection,
    action: str,
    number: int,
    *,
    by: str,
    opinion: str,
    address: str = "",
    files_root: Path,
    spec_of: Callable[[str], str],
) -> str:
    """Settle one matter and keep who did it and why.

    :param action: one of ACTIONS.
    :param number: outbox id, quarantine id or artifact id, as the briefing and the lists name them.
    :param spec_of: gives, for a document kind, the ``module:function`` that builds it; "" if it is no workbook.
    :returns: what was done, in Chinese.
    :raises MatterRefused: for anything that cannot be done.
    """
    if not by.strip() or not says_something(opinion):
        raise MatterRefused("须写明经办人和意见（至少两个字）。请补填后重新提交。")
    try:
        if action in ("邮件：已收到", "邮件：重发", "邮件：取消"):
            choice = {"邮件：已收到": "received", "邮件：重发": "resend", "邮件：取消": "cancel"}[action]
            outbox.resolve(connection, number, choice, by, opinion)
            return f"邮件{number}：{action.removeprefix('邮件：')}，经办人{by}。"
        if action == "邮件：改地址重发":
            if not address.strip():
                raise MatterRefused("改地址重发须填写新地址。")
            outbox.readdress(connection, number, address.strip(), by, opinion)
            return f"邮件{number}：改发{address}，经办人{by}。"
        if action == "退回资料：签字":
            with connection.transaction():
                sign_off(connection, number, by, opinion)
            return f"退回记录{number}：{by}已签字。"
        if action == "文件：重印":
            return _reprint(connection, number, by, opinion, files_root, spec_of)
    except (outbox.LetterRefusedError, LookupError) as refusal:
        raise MatterRefused(str(refusal)) from None
    except DocumentChangedError:
        raise MatterRefused(
            f"文件{number}不在文件夹里，按现有资料重做的内容与发布时不同，不能重印。请从备份取回原文件。"
        ) from None
    except ValueError as refusal:
        raise MatterRefused(str(refusal)) from None
    raise MatterRefused(f"没有“{action}”这个事项，请选择：{'、'.join(ACTIONS)}。")


def _reprint(
    connection: psycopg.Connection,
    artifact_id: int,
    by: str,
    opinion: str,
    files_root: Path,
    spec_of: Callable[[str], str],
) -> str:
    """Make sure that the document lies in the files folder with its registered bytes; write it again if it does not."""
    artifact = artifacts.read(connection, artifact_id)
    if not spec_of(artifact["document_kind"]):
        raise MatterRefused(
            f"{artifact['title']}由各份通知书组成，不单独重印。文件丢失时请用重跑单再运行该期间（续跑，"
            "或方式留空并写明原因），重做的文件与发布时一致。"
        )
    build = resolve_name(spec_of(artifact["document_kind"]))
    with connection.transaction():
        written = artifacts.write(connection, artifact_id, build, files_root)
        log(connection, artifact["run_id"], by, "reprint", f"重印{written['file_path']}：{opinion}")
    return f"文件{written['file_path']}，校验码{written['file_code']}，与发布时一致。"
