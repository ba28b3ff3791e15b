/*  The letter that brings the 收费通知汇总 to finance and to the owner's finance: the variables of templates/fees/notices.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  FE-C1 the owner's finance hands the notices out. 应收 in the subject is 本次应缴总额, as in the note of the run;
            异常 counts the households that must be dealt with.  */
select
    '收费通知' as title,
    letter.tower_name as scope_text,
    letter.period_text,
    case
        when letter.revision > 1 and letter.corrected_count is not null
            then concat(
                '第', letter.revision, '版 涉及', letter.corrected_count, '户 差额', to_char(letter.corrected_amount, 'FM999,999,999,990.00'), '元'
            )
        else concat(
            letter.notice_count, '户 应收', to_char(letter.payable_amount, 'FM999,999,999,990.00'), '元 异常',
            letter.household_count, '户'
        )
    end as headline,
    concat(
        '这是', letter.tower_name, letter.period_text, '的收费通知汇总，供财务部存档，并移交',
        letter.owner_name, '财务部统一发放。'
    ) as about,
    letter.figures,
    concat(
        '请财务部出纳于', greatest(letter.cut_off_on, letter.issued_at::date), '当日将通知书', letter.notice_count, '份移交',
        letter.owner_name, '财务部，双方在“移交清单”签字；',
        case
            when letter.household_count > 0
                then '“异常”页标明必须处理的户，请责任部门补报资料，补到后下期补收或单独补出。'
            else '本期没有必须处理的户。'
        end
    ) as action,
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
from fees.letter_of(%(artifact_id)s) as letter
