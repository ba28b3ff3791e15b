/*  The sheet 制度罚款: who is fined for what, what was waived, what earlier months left behind, and whether it is confirmed.

    Grain:  one row per person who has any of it.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  Q8, ATT-17 a fine is deducted only after HR and legal confirmed it; what a call cost is charged back, no fine.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

line as materialized (
    select line.*
    from document
    cross join lateral attendance.known_month(document.site_id, document.starts_on, document.known_at) as line
),

waiver as (
    select
        fine_due.employee_id,
        string_agg(distinct fine_due.approver, '、' order by fine_due.approver) as approvers
    from document
    cross join lateral attendance.fine_due(document.site_id, document.starts_on, document.known_at) as fine_due
    where fine_due.entry_kind = '减免'
    group by fine_due.employee_id
),

execution as (
    select distinct on (fine_execution.employee_id)
        fine_execution.employee_id,
        fine_execution.decision
    from attendance.fine_execution
    inner join document
        on
            fine_execution.month_on = document.starts_on
            and fine_execution.recorded_at <= document.known_at
            and document.known_at < fine_execution.superseded_at
    order by fine_execution.employee_id, fine_execution.confirmed_on desc, fine_execution.execution_no desc
)

select
    line.employee_id,
    line.employee_name,
    line.late_fine_amount,
    line.early_fine_amount,
    line.gathering_fine_amount,
    line.conduct_fine_amount,
    line.call_charge_amount,
    line.call_fine_amount,
    line.waived_amount,
    waiver.approvers,
    line.adjusted_fine_amount,
    attendance.fine_total(line) as fine_amount,
    coalesce(execution.decision, '待人事/法务确认') as state
from line
left join waiver on line.employee_id = waiver.employee_id
left join execution on line.employee_id = execution.employee_id
where
    (
        line.late_fine_amount, line.early_fine_amount, line.gathering_fine_amount, line.conduct_fine_amount,
        line.call_charge_amount, line.call_fine_amount, line.waived_amount, line.adjusted_fine_amount
    ) <> (0, 0, 0, 0, 0, 0, 0, 0)
order by line.department, line.employee_id
