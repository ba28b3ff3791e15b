/*  Tells, for the note of a day's run, what approvers answered.

    Grain:  one row, or none while nothing was answered.
    Rerun:  safe; only reads.
    Rules:  WA-D6.  */
select
    concat_ws(
        '、',
        '审批同意' || nullif(count(*) filter (where approval.verdict = '同意'), 0) || '单',
        '驳回' || nullif(count(*) filter (where approval.verdict = '驳回'), 0) || '单',
        '剔除' || nullif(count(*) filter (where approval.verdict = '剔除'), 0) || '单'
    ) as remark
from repairs.approval
where approval.run_id = %(run_id)s
having count(*) > 0
