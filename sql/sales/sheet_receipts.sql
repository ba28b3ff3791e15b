/*  The sheet 回款: money that reached the bank in the period by its value date, and whether finance confirmed it.

    Grain:  one row per receipt.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-12 refunds are negative in the period they are paid; SAL-13 the value date tells the period.  */
select
    line.value_on,
    line.unit_no,
    line.receipt_kind,
    line.amount,
    line.receipt_no,
    line.deal_no,
    line.instalment_no,
    case
        when line.confirmed_by is null then '未确认'
        else concat_ws(' ', line.confirmed_by, line.confirmed_on)
    end as confirm_text
from sales.receipt_line(%(site_id)s::text, %(starts_on)s::date, %(last_on)s::date, %(known_at)s::timestamptz) as line
order by line.value_on, line.receipt_no
