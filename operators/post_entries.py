"""Post what a run has planned for one party, all of it or nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException
from psycopg import errors

from backoffice.database import rows
from backoffice.runs import RunRefused, carry_out, guard, parameters
from operators.books import CONNECTION_ID, open_books, told

#: how many reasons are named
NAMED = 20


class PostEntries(BaseOperator):
    """Check a party's planned entries and post them in one transaction; posting again changes nothing.

    What the database itself refuses (an account overdrawn, an entry that does not balance) is final, too, and not tried
    again.

    :param run_id: the run (templated)
    :param party: whose entries they are (templated): site_id, starts_on, ``state`` ("trial" posts nothing) and what the
        statements need besides; the key `named` has its name
    :param checks: `check_…` queries whose column ``problem`` says in Chinese why nothing may be posted
    :param statements: what is written, in order; like the checks each may use what `runs.carry_out` gives, the keys of
        the party, and ``%(base_on)s``, its starts_on
    :param named: key of the party's name
    :returns: ``{"summary": in Chinese, "rows": touched by statement}``
    """

    template_fields: Sequence[str] = ("run_id", "party")

    def __init__(
        self,
        *,
        run_id: str,
        party: Any,
        statements: Sequence[str],
        checks: Sequence[str] = (),
        named: str = "site_name",
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.party = party
        self.statements = statements
        self.checks = checks
        self.named = named
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        name = told(self.party)[self.named]
        if self.party["state"] == "trial":
            return {"summary": f"{name}：试算不入账", "rows": {}}
        try:
            with open_books(self.connection_id) as connection, connection.transaction():
                touched = self._post(connection)
        except (RunRefused, errors.CheckViolation, errors.RestrictViolation) as refusal:
            because = refusal if isinstance(refusal, RunRefused) else f"{refusal.diag.message_primary}"
            words = f"{name}没有入账：{because}"
            context["ti"].xcom_push(key="refusal", value=words)
            raise AirflowFailException(words) from None
        summary = f"{name}：" + "，".join(f"{each.rpartition('/')[2]} {count}行" for each, count in touched.items())
        self.log.info(summary)
        return {"summary": summary, "rows": touched}

    def _post(self, connection: Any) -> dict[str, int]:
        run_id = int(self.run_id)
        guard(connection, run_id)
        party = {**self.party, "base_on": date.fromisoformat(self.party["starts_on"])}
        given = party | parameters(connection, run_id)
        problems = [row["problem"] for check in self.checks for row in rows(connection, check, given)]
        if problems:
            more = f"\n（共{len(problems)}条，列出前{NAMED}条）" if len(problems) > NAMED else ""
            raise RunRefused("\n".join(problems[:NAMED]) + more)
        return carry_out(connection, run_id, self.statements, party)
