"""Ask a person about a list of items that is no document."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.answers import Answer
from backoffice.database import rows
from backoffice.runs import parameters
from operators.ask_people import APPROVE, REJECT, AskPeople
from operators.books import open_books, told


class AskItems(AskPeople):
    """Ask 同意 or 驳回 for a list, with items that may be taken out, and run `statements` on either answer.

    A 驳回 is an answer like the other and no failure. What was answered before is not asked again: a list that has
    become empty passes.

    :param asked: a row of the query of questions (templated): site_id, site_name, ``approver_duty``, whose answer it
        is, and what `items` and `statements` need besides; for all else see `AskPeople`
    :param questions: that query, of those without an answer; each row's ``waiting_text`` goes into the note of the run
    :returns: ``{"verdict", "approved", "rejected", "taken_out", "decided_by", "opinion"}``, the middle three counts of
        items
    """

    template_fields: Sequence[str] = (*AskPeople.template_fields, "asked")

    def __init__(self, *, asked: Any, questions: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = asked
        self.questions = questions

    def execute(self, context: Any) -> Any:
        if told(self.asked).get("state") == "trial":
            return _result("试算不询问")
        with open_books(self.connection_id) as connection:
            is_answered = not self.listed(connection)
        return _result("已答复") if is_answered else self.ask(context)

    def about(self) -> Mapping[str, Any]:
        return self.asked

    def asked_duty(self) -> str:
        return self.asked.get("approver_duty") or self.duty

    def waiting(self, connection: Any) -> tuple[str, list[str]]:
        of_run = parameters(connection, int(self.run_id))
        open_questions = rows(connection, self.questions, of_run)
        return of_run["last_on"].isoformat(), [
            f"{each['site_name']}：{each['waiting_text']}" for each in open_questions
        ]

    def keep(self, connection: Any, answer: Answer) -> None:
        self.write(connection, answer)

    def outcome(self, context: Any, answer: Answer, items: list[dict[str, Any]]) -> Any:
        with open_books(self.connection_id) as connection:
            self.tell_waiting(context, connection)  # one question less
        out, count = len(answer.taken_out), len(items)
        return _result(
            APPROVE if answer.is_approved else REJECT,
            approved=count - out if answer.is_approved else 0,
            rejected=0 if answer.is_approved else count,
            taken_out=out,
            decided_by=answer.decided_by,
            opinion=answer.opinion,
        )


def _result(verdict: str, **told: Any) -> dict[str, Any]:
    return {"verdict": verdict, "approved": 0, "rejected": 0, "taken_out": 0, "decided_by": "", "opinion": ""} | told
