/*  The letter that brings the 定稿 of a 销售月报: the variables of templates/sales/monthly.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 0 and 4; the figures are those of the cover.  */
select
    '销售月报' as title,
    letter.scope_text,
    letter.period_text,
    letter.headline,
    concat('这是', letter.scope_text, letter.period_text, '的销售月报定稿，回款已经财务核对，供集团、财务和案场使用。') as about,
    letter.figures,
    concat(
        '请案场经理按“异常”处理，按“目标与计划”安排本月；',
        case when letter.overdue_amount > 0 then '请责任人按“应收账龄”催款；' end,
        '与初稿不同之处见“差异”。本月报发布后补到的资料列入下月补记，已发布的各期不变。'
    ) as action,
    letter.file_name,
    letter.file_code,
    case when letter.revision > 1 then concat('第', letter.revision, '版(更正)') else '定稿' end as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    letter.correction
from sales.letter_of(%(artifact_id)s) as letter
