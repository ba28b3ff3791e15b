/*  Finds people whose fines on the month sheet that is about to be final are not those that the ledger would get.

    Grain:  one row per person and kind of figure that differs.
    Rerun:  safe; only reads.
    Rules:  what is signed and what is booked are one figure; nothing is final while it is two. The columns are those of the
            month sheet: attendance.fine_column.  */
with edition as (
    select
        run.known_at,
        edition.revision
    from ops.run
    cross join lateral attendance.edition('monthly_attendance', %(site_id)s, %(base_on)s, run.known_at) as edition
    where run.run_id = %(run_id)s
),

said as (
    select
        month_line.employee_id,
        month_line.employee_name,
        figure.title,
        figure.amount
    from edition
    inner join attendance.month_line
        on
            month_line.site_id = %(site_id)s
            and month_line.month_on = %(base_on)s
            and edition.revision = month_line.revision
    cross join
        lateral (
            values
            ('考勤', month_line.late_fine_amount + month_line.early_fine_amount + month_line.gathering_fine_amount),
            ('违纪', month_line.conduct_fine_amount),
            ('收费电话', month_line.call_fine_amount),
            ('收费电话费', month_line.call_charge_amount),
            ('减免', -month_line.waived_amount),
            ('上月调整', month_line.adjusted_fine_amount)
        ) as figure (title, amount)
    where figure.amount <> 0
),

due as (
    select
        fine_due.employee_id,
        month_line.employee_name,
        part.title,
        sum(fine_due.amount) as amount
    from edition
    cross join lateral attendance.fine_due(%(site_id)s, %(base_on)s, edition.known_at) as fine_due
    cross join
        lateral attendance.fine_column(
            fine_due.entry_kind, fine_due.fine_kind, fine_due.event_on, %(base_on)s
        ) as part (title)
    -- who is on no sheet of the month is on the ledger alone
    inner join attendance.month_line
        on
            month_line.site_id = %(site_id)s
            and month_line.month_on = %(base_on)s
            and edition.revision = month_line.revision
            and fine_due.employee_id = month_line.employee_id
    where part.title <> ''
    group by 1, 2, 3
)

select
    format(
        '%%s %%s：考勤月报表的%%s为%%s元，台账应记%%s元，两者不等，没有发布。请通知管理员核对后用“重算”重新计算。',
        coalesce(said.employee_id, due.employee_id), coalesce(said.employee_name, due.employee_name),
        coalesce(said.title, due.title), coalesce(said.amount, 0), coalesce(due.amount, 0)
    ) as problem
from said
full join due on said.employee_id = due.employee_id and said.title = due.title
where coalesce(said.amount, 0) <> coalesce(due.amount, 0)
order by coalesce(said.employee_id, due.employee_id), coalesce(said.title, due.title)
