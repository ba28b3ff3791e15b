/*  Numbers the 质保金扣款通知单 of a month: one per contractor whose deposits moved.

    Grain:  one row per contractor.
    Rerun:  safe; a contractor keeps the number that he has.
    Rules:  outputs 5.2 KK-; after the booking, never before.  */
insert into repairs.paper (
    paper_no, paper_kind, workflow, site_id, base_on, contractor_id, sequence_no, issued_on, amount, run_id
)
select
    concat_ws('-', 'KK', %(site_id)s, to_char(%(base_on)s::date, 'YYYYMM'), lpad(moved.sequence_no::text, 3, '0')) as paper_no,
    'KK' as paper_kind,
    'deposit_chargebacks' as workflow,
    %(site_id)s as site_id,
    %(base_on)s as base_on,
    moved.contractor_id,
    moved.sequence_no,
    %(released_on)s::date as issued_on,
    moved.amount,
    %(run_id)s as run_id
from (
    select
        planned.contractor_id,
        coalesce(-sum(planned.deposit_amount) filter (where planned.entry_kind = '结算'), 0) as amount,
        row_number() over (order by planned.contractor_id) as sequence_no
    from repairs.planned
    where
        planned.site_id = %(site_id)s
        and planned.base_on = %(base_on)s
        and planned.contractor_id <> ''
    group by planned.contractor_id
) as moved
on conflict (paper_kind, site_id, base_on, contractor_id, contract_no, request_no) do nothing
