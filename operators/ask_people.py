"""Put a question to the people whose duty it is; what `AskDecision` and `AskItems` have in common."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException
from psycopg.types.json import Jsonb

from backoffice import answers
from backoffice.answers import Answer, AnswerVoid
from backoffice.database import execute, rows
from backoffice.runs import RunRefused, end, guard, parameters
from backoffice.workbook.wording import moment_text
from operators.books import CONNECTION_ID, open_books
from operators.notes import write_note

APPROVE, REJECT = "同意", "驳回"


class AskPeople(HITLOperator):
    """Ask 同意 or 驳回 with an obligatory opinion; of a list, single items may be taken out, each with its reason.

    Who may answer is read when the question is asked: whom the books name for the duty, else the environment's
    BACKOFFICE_APPROVERS, else whoever may write. An answer that does not count is asked for again, and the question
    then begins with why. Nothing is approved by waiting: the run says 待审批 since when, and a workflow of its own
    reminds (OPS-24).

    :param run_id: the run (templated)
    :param question: what the person is asked, in Chinese; a format string over the keys of what it is about
    :param duty: whose answer it is, as `book.approver` names it; "" for nobody's in particular
    :param items: query of the items that the question lists: ``item_no`` and ``line``, text; given what the question is
        about, ``run_id`` and ``base_on``
    :param heading: what the number of an item is called
    :param whole: where all items are found when the question shows the first only
    :param statements: what an answer writes in its transaction; each may use ``%(run_id)s`` and what `carry_out` gives,
        ``%(site_id)s``, ``%(base_on)s``, ``%(verdict)s`` (同意 or 驳回), ``%(opinion)s``, ``%(decided_by)s``,
        ``%(decided_at)s``, ``%(decided_on)s`` (day on the house clock), ``%(taken_out)s`` (jsonb list of item_no and
        reason), and the other keys of what the question is about
    :param approvers: logins of those who may answer where the books name nobody
    """

    template_fields: Sequence[str] = (*HITLOperator.template_fields, "run_id")

    def __init__(
        self,
        *,
        run_id: str,
        question: str,
        duty: str = "",
        items: str = "",
        heading: str = "编号",
        whole: str = "预览工作簿",
        statements: Sequence[str] = (),
        approvers: Sequence[str] | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        fields = {"opinion": Param("", type="string", title="意见（必填，只签名无效）", minLength=0)}
        if items:
            fields["taken_out"] = Param(
                None,
                type=["null", "string"],
                format="multiline",
                title="剔除",
                description=f"个别不同意时填写，每行一项：{heading} 原因",
            )
        # the house's time limit is for work, not for people: a question waits until somebody answers
        fixed = {"params": fields, "execution_timeout": None}
        super().__init__(options=[APPROVE, REJECT], **(kwargs | fixed))
        self.run_id = run_id
        self.question = question
        self.duty = duty
        self.items = items
        self.heading = heading
        self.whole = whole
        self.statements = statements
        self.approvers = approvers
        self.connection_id = connection_id

    def about(self) -> Mapping[str, Any]:
        """What the question is about: at least site_id and site_name."""
        raise NotImplementedError

    def asked_duty(self) -> str:
        """Whose answer it is."""
        return self.duty

    def waiting(self, connection: Any) -> tuple[str, list[str]]:
        """What of the run waits for an answer: its period, and a line for each."""
        raise NotImplementedError

    def keep(self, connection: Any, answer: Answer) -> None:
        """Write down an answer that counts, in the caller's transaction."""
        raise NotImplementedError

    def outcome(self, context: Any, answer: Answer, items: list[dict[str, Any]]) -> Any:
        """What the next step is told."""
        raise NotImplementedError

    def ask(self, context: Any, void: str = "") -> Any:
        """Say what waits, and put the question to who may answer it today.

        :param void: why the answer before did not count. It stands in the note of the run: of a question that is asked
            again Airflow keeps the words of the first time.
        """
        with open_books(self.connection_id) as connection:
            self.tell_waiting(context, connection, void)
            listed = self.listed(connection)
            named = self.named(connection)
        self.assigned_users = [{"id": login, "name": name} for login, name in named.items()] or None
        self.body = "\n\n".join(
            part
            for part in (
                self.question.format_map(self.about()),
                answers.table(listed, heading=self.heading, whole=self.whole) if listed else "",
            )
            if part
        )
        return super().execute(context)

    def tell_waiting(self, context: Any, connection: Any, void: str = "") -> None:
        """Say in the books and in the note of the run what waits, and since when; nothing when nothing waits."""
        period_text, lines = self.waiting(connection)
        if not lines:
            return
        since = moment_text(context["ti"].start_date)
        told = [f"上次答复无效：{void}"] if void else []
        note = " | ".join([period_text, f"待审批{len(lines)}项（自{since}起）", *told, "；".join(lines)])
        end(connection, int(self.run_id), "awaiting_decision", note)
        connection.commit()
        write_note(context["dag_run"], note)

    def listed(self, connection: Any) -> list[dict[str, Any]]:
        """The items that the question is about."""
        return rows(connection, self.items, self.given(connection)) if self.items else []

    def named(self, connection: Any) -> dict[str, str]:
        """Logins with names of those who may answer; empty for whoever may write."""
        duty = self.asked_duty()
        known = answers.approvers(connection, self.about()["site_id"], duty) if duty else {}
        return known or {login: login for login in self._approvers_of_the_house()}

    def _approvers_of_the_house(self) -> Sequence[str]:
        if self.approvers is not None:
            return self.approvers
        return [name.strip() for name in os.environ.get("BACKOFFICE_APPROVERS", "").split(",") if name.strip()]

    def given(self, connection: Any) -> dict[str, Any]:
        """Parameters of the list and of the statements."""
        of_run = parameters(connection, int(self.run_id))
        starts_on = self.about().get("starts_on")
        return {**self.about(), **of_run, "base_on": date.fromisoformat(starts_on) if starts_on else of_run["first_on"]}

    def validate_params_input(self, params_input: Mapping[str, Any]) -> None:
        """Let every answer through to where it is judged: a failed task could not be answered again."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        answered = super().execute_complete(context, event)
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                items = self.listed(connection)
                answer = self._judged(connection, answered, items)
                self.keep(connection, answer)
        except AnswerVoid as void:
            self.log.warning("%s", void)
            return self.ask(context, str(void))
        except RunRefused as refusal:
            raise refused(context, str(refusal)) from None
        return self.outcome(context, answer, items)

    def _judged(self, connection: Any, answered: Mapping[str, Any], items: list[dict[str, Any]]) -> Answer:
        user, written = answered["responded_by_user"] or {}, answered["params_input"]
        login = user.get("id") or user.get("name") or ""
        return answers.read(
            is_approved=list(answered["chosen_options"]) == [APPROVE],
            opinion=str(written.get("opinion") or ""),
            decided_by=self.named(connection).get(login) or user.get("name") or login or "未署名",
            decided_at=answered["responded_at"],
            taken_out=str(written.get("taken_out") or ""),
            items=items,
        )

    def write(self, connection: Any, answer: Answer) -> None:
        """Run the statements for an answer, if the run still holds its scope."""
        if not self.statements:
            return
        guard(connection, int(self.run_id))
        given = self.given(connection) | {
            "verdict": APPROVE if answer.is_approved else REJECT,
            "opinion": answer.opinion,
            "decided_by": answer.decided_by,
            "decided_at": answer.decided_at,
            "decided_on": answer.decided_on,
            "taken_out": Jsonb(list(answer.taken_out)),
        }
        for name in self.statements:
            execute(connection, name, given)


def refused(context: Any, words: str) -> AirflowFailException:
    """A refusal, kept for the task that sums the run up: 已驳回 is told apart from 失败 (OPS-09)."""
    context["ti"].xcom_push(key="refusal", value=words)
    return AirflowFailException(words)
