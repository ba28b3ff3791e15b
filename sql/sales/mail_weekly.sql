/*  The letter that brings the 销售周报: the variables of templates/sales/weekly.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 0 and 4; the figures are those of the cover.  */
select
    '销售周报' as title,
    letter.scope_text,
    letter.period_text,
    letter.headline,
    concat('这是', letter.scope_text, letter.period_text, '的销售周报，供周一09:30例会使用。') as about,
    letter.figures,
    concat(
        '请案场经理在周一09:30例会前处理“异常”中的必须处理事项；',
        case when letter.unsigned_count > 0 then '请置业顾问按“认购未签约”催签；' end,
        case when letter.overdue_amount > 0 then '请责任人按“应收账龄”催款；' end,
        '请财务在', to_char(letter.last_on + 5, 'MM-DD'), '前核对回款（', letter.receipt_text, '）。补报的资料列入下期补记。'
    ) as action,
    letter.file_name,
    letter.file_code,
    concat('第', letter.revision, '版', case when letter.revision > 1 then '(更正)' end) as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    letter.correction
from sales.letter_of(%(artifact_id)s) as letter
