/*  Finds whether 工资扣款核对表 says otherwise than before although the month sheet is the same: a hash of what wages bear.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  a wage or a limit that becomes known after the 定稿 makes a further edition; the sheet and its ledger stay.  */
select md5(coalesce(string_agg(deduction::text, E'\n' order by deduction.employee_id), '')) as content_hash
from attendance.wage_deduction(%(site_id)s, %(starts_on)s, %(known_at)s) as deduction
