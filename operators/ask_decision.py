"""Ask a person before something goes out."""

import os
from collections.abc import Sequence
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException

from backoffice import documents
from backoffice.database import rows
from backoffice.runs import RunRefused, end
from backoffice.workbook.wording import moment_text
from operators.books import CONNECTION_ID, open_books, told
from operators.notes import write_note

APPROVE, REJECT = "同意", "驳回"


class AskDecision(HITLOperator):
    """Ask 同意 or 驳回, with an obligatory opinion, for a document that is held; let every other one pass.

    The decision is kept in our own books, bound to the content's hash: a rejection is final for that content,
    and an approval lets exactly that content through, now and in any later run. Nothing is approved by waiting: the
    run says 待审批 since when, and a workflow of its own reminds (OPS-24).

    :param run_id: the run (templated)
    :param document: a document as `documents.plan` lists them (templated)
    :param question: what the person is asked, in Chinese; a format string over the document's keys
    :param approvers: logins of those who may answer, the deputies among them; by default the environment's
        BACKOFFICE_APPROVERS, comma-separated; whoever may write when that is empty, too
    :returns: the document, with ``state`` as decided
    """

    template_fields: Sequence[str] = (*HITLOperator.template_fields, "run_id", "document")

    def __init__(
        self,
        *,
        run_id: str,
        document: Any,
        question: str,
        approvers: Sequence[str] | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        if approvers is None:
            approvers = [name.strip() for name in os.environ.get("BACKOFFICE_APPROVERS", "").split(",") if name.strip()]
        kwargs = {"assigned_users": [{"id": name, "name": name} for name in approvers] or None} | kwargs
        opinion = Param("", type="string", title="意见（必填，只签名无效）", minLength=0)
        # the house's time limit is for work, not for people: a question waits until somebody answers
        fixed = {"params": {"opinion": opinion}, "execution_timeout": None}
        super().__init__(options=[APPROVE, REJECT], **(kwargs | fixed))
        self.run_id = run_id
        self.document = document
        self.question = question
        self.connection_id = connection_id

    def execute(self, context: Any) -> Any:
        if told(self.document)["state"] == "rejected":
            raise _refused(
                context, f"已驳回：{self.document['hold_reason']}。同一内容的驳回是最终的，请更正资料后用重跑单重算。"
            )
        if self.document["state"] != "held":
            return self.document
        since = moment_text(context["ti"].start_date)
        with open_books(self.connection_id) as connection:
            held = rows(connection, "ops/list_held", {"run_id": int(self.run_id)}) or [
                {**self.document, "period_text": self.document["starts_on"]}
            ]
            note = f"{held[0]['period_text']} | 待审批{len(held)}项（自{since}起） | " + "；".join(
                f"{each['site_name']}：{each['hold_reason']}" for each in held
            )
            end(connection, int(self.run_id), "awaiting_decision", note)
            connection.commit()
        write_note(context["dag_run"], note)
        self.body = self.question.format_map(self.document)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        answer = super().execute_complete(context, event)
        verdict = "approved" if list(answer["chosen_options"]) == [APPROVE] else "rejected"
        opinion = str(answer["params_input"].get("opinion", ""))
        user = answer["responded_by_user"] or {}
        try:
            with open_books(self.connection_id) as connection:
                documents.decide(
                    connection,
                    int(self.run_id),
                    self.document,
                    verdict=verdict,
                    opinion=opinion,
                    decided_by=user.get("name") or user.get("id") or "未署名",
                    decided_at=answer["responded_at"],
                )
                connection.commit()
        except RunRefused as refusal:
            self.log.warning("%s", refusal)
            return self.execute(context)  # asks again: the answer is void
        if verdict == "rejected":
            raise _refused(context, f"已驳回（{user.get('name', '')}）：{opinion}。请更正资料后用重跑单重算。")
        return {**self.document, "state": "new"}


def _refused(context: Any, words: str) -> AirflowFailException:
    """A rejection, kept for the task that sums the run up: 已驳回 is told apart from 失败 (OPS-09)."""
    context["ti"].xcom_push(key="refusal", value=words)
    return AirflowFailException(words)
