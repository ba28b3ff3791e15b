"""Deliver the letters that are ready."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.sdk import BaseHook, BaseOperator, Variable
from airflow.sdk.exceptions import AirflowException

from backoffice import artifacts, outbox
from backoffice.database import set_house_clock
from backoffice.envelope import MAX_ATTACHMENT_BYTES, Post
from backoffice.mailer import SmtpSettings
from operators.books import CONNECTION_ID

SMTP_CONNECTION_ID = "backoffice_smtp"


class DeliverMail(BaseOperator):
    """Send ready letters, each at most once; fail, to be tried again, while some are left.

    Trial setting: while the Airflow Variable `mail_redirect` holds an address, every letter goes there.
    The Variable `mail_link_base` is the address under which files too large to attach can be fetched.

    :param artifact: only letters of this artifact id, or of the document that carries it; a document without
        an artifact has no letters (templated)
    :param enclosures: kinds of the documents meant, where they were released beside that one
    :param run_id: only letters of this run (templated)
    :param document_key: only letters of this document (templated)
    :param files_root: folder of the files; by default the environment's BACKOFFICE_FILES (templated)
    :param max_attachment_bytes: larger files are linked to
    :param lease_seconds: how long one letter may take before it counts as 待核实
    :param smtp_connection_id: Airflow connection of type smtp, with `from_email` in its extra
    :returns: letters sent, unclear (待核实), refused, left, and the reasons
    """

    template_fields: Sequence[str] = ("artifact", "run_id", "document_key", "files_root")

    def __init__(
        self,
        *,
        artifact: Any = None,
        enclosures: Sequence[str] = (),
        run_id: Any = None,
        document_key: str | None = None,
        files_root: str | None = None,
        max_attachment_bytes: int = MAX_ATTACHMENT_BYTES,
        lease_seconds: float = 300.0,
        smtp_connection_id: str = SMTP_CONNECTION_ID,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        # a letter whose sender died is in doubt only once its lease is over: the second retry comes after that
        super().__init__(**({"retry_delay": timedelta(seconds=lease_seconds * 0.6)} | kwargs))
        self.artifact = artifact
        self.enclosures = enclosures
        self.run_id = run_id
        self.document_key = document_key
        self.files_root = files_root
        self.max_attachment_bytes = max_attachment_bytes
        self.lease_seconds = lease_seconds
        self.smtp_connection_id = smtp_connection_id
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        artifact_ids = [artifacts.id_of(self.artifact, enclosure) for enclosure in self.enclosures or [""]]
        if self.artifact is not None:
            artifact_ids = [artifact_id for artifact_id in artifact_ids if artifact_id is not None]
        post = Post(
            files_root=Path(self.files_root or os.environ["BACKOFFICE_FILES"]),
            redirect_to=Variable.get("mail_redirect", default=None) or None,
            max_attachment_bytes=self.max_attachment_bytes,
            link_base=Variable.get("mail_link_base", default=None) or "",
            lease_seconds=self.lease_seconds,
        )
        run_id = int(self.run_id) if self.run_id else None
        report = outbox.DeliveryReport()
        for artifact_id in artifact_ids:
            report += outbox.deliver(
                self._connect,
                self._smtp(),
                post,
                run_id=run_id,
                document_key=self.document_key,
                artifact_id=artifact_id,
            )
        if report.left:
            raise AirflowException(f"还有 {report.left} 封信没有发出，将自动重试。{'；'.join(report.problems)}")
        return asdict(report)

    def _connect(self) -> Any:
        connection = PostgresHook(postgres_conn_id=self.connection_id).get_conn()
        set_house_clock(connection)
        return connection

    def _smtp(self) -> SmtpSettings:
        account = BaseHook.get_connection(self.smtp_connection_id)
        extra = account.extra_dejson
        security = "ssl" if not _is_on(extra.get("disable_ssl")) else "starttls"
        if security == "starttls" and _is_on(extra.get("disable_tls")):
            security = "none"
        return SmtpSettings(
            host=account.host,
            port=account.port or {"ssl": 465, "starttls": 587}.get(security, 25),
            user=account.login or "",
            password=account.password or "",
            security=security,
            sender=extra.get("from_email") or account.login or SmtpSettings.sender,
            sender_name=extra.get("from_name") or "",
            timeout_seconds=min(float(extra.get("timeout") or 60), self.lease_seconds / 6),
        )


def _is_on(setting: Any) -> bool:
    return str(setting or "").lower() in {"1", "true", "yes"}
