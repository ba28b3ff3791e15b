/*  The letter that brings the 初稿 of a 销售月报 to finance and the sales manager: the variables of templates/sales/draft.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 0 and 4; the figures are those of the cover.  */
select
    '销售月报初稿' as title,
    letter.scope_text,
    letter.period_text,
    letter.headline,
    concat('这是', letter.scope_text, letter.period_text, '的销售月报初稿，供财务核对回款、案场经理核对销售数据；核对后发定稿。') as about,
    letter.figures,
    concat(
        '请财务于', to_char(letter.last_on + 2, 'MM-DD'), ' 09:30前按“回款”核对银行到账（', letter.receipt_text,
        '），在系统“待操作”中答复，意见必填（只签名无效）；请案场经理同时核对“签约明细”“退订退房换房”和“异常”，',
        '应补的资料在财务答复前补报，之后到的列入下月补记。'
    ) as action,
    letter.file_name,
    letter.file_code,
    concat('初稿', case when letter.revision > 1 then concat('第', letter.revision, '版') end) as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    letter.correction
from sales.letter_of(%(artifact_id)s) as letter
