/*  The sheet 单据号段: the numbers that this month's notices got.

    Grain:  one row per month once numbers were given, else none.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 3.2 a sequence per building and month without gaps; a correction keeps its number.  */
with bill as materialized (
    select noticed.*
    from fees.noticed_bill(
        %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(before_run)s::bigint
    ) as noticed
)

select
    (array_agg(notice.notice_no order by notice.sequence_no))[1] as first_number,
    (array_agg(notice.notice_no order by notice.sequence_no desc))[1] as last_number,
    count(*)::integer as notice_count,
    '无' as cancelled_numbers,
    null::text as cancelled_reason,
    (max(notice.sequence_no) - min(notice.sequence_no) + 1 - count(*))::integer as gap_count
from fees.notice
inner join bill on notice.contract_no = bill.contract_no and bill.notice_no is not null
where notice.site_id = %(site_id)s and notice.base_on = %(starts_on)s and notice.revision = 1
having count(*) > 0
