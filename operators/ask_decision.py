"""Ask a person before something goes out."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice import documents
from backoffice.answers import Answer, AnswerVoid
from backoffice.database import rows
from backoffice.runs import RunRefused
from operators.ask_people import AskPeople, refused
from operators.books import told


class AskDecision(AskPeople):
    """Ask 同意 or 驳回, with an obligatory opinion, for a document that is held; let every other one pass.

    The decision is kept in our own books, bound to the content's hash: a rejection is final for that content,
    and an approval lets exactly that content through, now and in any later run. `statements` run when it is approved.

    :param document: a document as `documents.plan` lists them (templated); for all else see `AskPeople`
    :returns: the document, with ``state`` as decided
    """

    template_fields: Sequence[str] = (*AskPeople.template_fields, "document")

    def __init__(self, *, document: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.document = document

    def execute(self, context: Any) -> Any:
        if told(self.document)["state"] == "rejected":
            raise refused(
                context, f"已驳回：{self.document['hold_reason']}。同一内容的驳回是最终的，请更正资料后用重跑单重算。"
            )
        if self.document["state"] != "held":
            return self.document
        return self.ask(context)

    def about(self) -> Mapping[str, Any]:
        return self.document

    def waiting(self, connection: Any) -> tuple[str, list[str]]:
        held = rows(connection, "ops/list_held", {"run_id": int(self.run_id)}) or [
            {**self.document, "period_text": self.document["starts_on"]}
        ]
        return held[0]["period_text"], [f"{each['site_name']}：{each['hold_reason']}" for each in held]

    def keep(self, connection: Any, answer: Answer) -> None:
        try:
            documents.decide(
                connection,
                int(self.run_id),
                self.document,
                verdict="approved" if answer.is_approved else "rejected",
                opinion=answer.words,
                decided_by=answer.decided_by,
                decided_at=answer.decided_at,
            )
        except RunRefused as refusal:  # somebody decided otherwise before
            raise AnswerVoid(str(refusal)) from None
        if answer.is_approved:
            self.write(connection, answer)

    def outcome(self, context: Any, answer: Answer, items: list[dict[str, Any]]) -> Any:
        if not answer.is_approved:
            raise refused(context, f"已驳回（{answer.decided_by}）：{answer.opinion}。请更正资料后用重跑单重算。")
        return {**self.document, "state": "new"}
