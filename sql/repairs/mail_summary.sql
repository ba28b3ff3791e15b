/*  The letter that brings the 维修扣款汇总 to audit, materials, customer service and finance: the variables of
    templates/repairs/summary.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 5.1; the figures are those of the cover.  */
select
    '维修扣款' as title,
    letter.company_name as scope_text,
    letter.period_text,
    concat(
        case when letter.revision > 1 then concat('第', letter.revision, '版 ') end, 'A类', letter.a_count, '单 扣款',
        to_char(letter.deducted_amount, 'FM999,999,999,990.00'), '元 转索赔',
        to_char(letter.claimed_amount, 'FM999,999,999,990.00'), '元 公司承担',
        to_char(letter.company_amount, 'FM999,999,999,990.00'), '元 争议', letter.disputed_count, '单 暂停',
        letter.stopped_count, '单'
    ) as headline,
    concat(
        '这是', letter.company_name, letter.period_text,
        case
            when letter.document_kind = 'chargeback_cover'
                then '的维修扣款汇总封面，已经副总工程师认定并入账，供集团领导阅知。'
            else '的维修扣款汇总，已经副总工程师认定并入账，供审计核算部、工程材料部、客户服务部、财务计统部使用。'
        end
    ) as about,
    letter.figures,
    case
        when letter.document_kind = 'chargeback_cover' then '本件供阅知，无需处理；明细在审计核算部、财务计统部。'
        else concat(
            '请财务计统部按“凭证建议”制证，按“维修工程款支付表”付款；请各责任部门按“暂停清单”“异常”处理，',
            '资料补到后列入下月；争议请审计核算部在下月结算前取得书面结论。'
        )
    end as action,
    letter.file_name,
    letter.file_code,
    concat('第', letter.revision, '版', case when letter.revision > 1 then '(更正)' end) as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    case
        when letter.revision > 1
            then
                (
                    select
                        jsonb_build_object(
                            'replaces',
                            concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                            'reason', coalesce(nullif(letter.reason, ''), '资料更正'),
                            'asked_by', letter.requested_by
                        )
                    from ops.artifact as before
                    where
                        before.document_kind = letter.document_kind
                        and before.site_id = letter.site_id
                        and before.period = letter.period
                        and before.revision = letter.revision - 1
                )
    end as correction
from repairs.letter_of(%(artifact_id)s) as letter
