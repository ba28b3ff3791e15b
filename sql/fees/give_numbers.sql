/*  Gives the notices of a tower's month their numbers, in order of unit, without gaps.

    Grain:  one row per bill that is drawn up (出单).
    Rerun:  safe; a bill that has its notice keeps it.
    Rules:  outputs 3.2 JK-tower-month-number, a sequence per building and month. BIL-18 a notice that goes out late is
            due no earlier than so many days after its release.  */
insert into fees.notice (
    notice_no, site_id, base_on, contract_no, revision, sequence_no, released_on, due_on, payable_amount, run_id
)
with tower as (
    select tower.*
    from fees.tower
    inner join ops.run on run.run_id = %(run_id)s
    where
        tower.site_id = %(site_id)s
        and tower.recorded_at <= run.known_at
        and run.known_at < tower.superseded_at
),

first_number as (
    select coalesce(max(number_start.first_number), 1) as number
    from fees.number_start
    where
        number_start.site_id = %(site_id)s
        and number_start.base_month = %(base_on)s
        and number_start.superseded_at = 'infinity'
),

numbered as (
    select
        bill.*,
        first_number.number - 1 + row_number() over (
            order by fees.unit_order(bill.unit_no), bill.contract_no
        ) as sequence_no
    from fees.bill
    cross join first_number
    where bill.site_id = %(site_id)s and bill.base_on = %(base_on)s and bill.status = '出单'
)

select
    concat_ws(
        '-', 'JK', numbered.site_id, to_char(numbered.base_on, 'YYYYMM'), lpad(numbered.sequence_no::text, 4, '0')
    ) as notice_no,
    numbered.site_id,
    numbered.base_on,
    numbered.contract_no,
    1 as revision,
    numbered.sequence_no,
    %(released_on)s::date as released_on,
    greatest(
        numbered.due_on,
        fees.rolled_due(%(released_on)s::date + tower.due_days, tower.due_rule, run.known_at)
    ) as due_on,
    numbered.payable_amount,
    run.run_id
from numbered
cross join tower
inner join ops.run on run.run_id = %(run_id)s
on conflict (site_id, base_on, contract_no, revision) do nothing
