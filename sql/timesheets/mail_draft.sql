/*  The letter that brings the 初稿 of a month sheet to the departments: the variables of templates/timesheets/draft.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that drew it up.
    Rules:  outputs 0 and 2; what is to be put right must come before the month closes (Q7).  */
select
    '考勤月报' as title,
    letter.scope_text,
    letter.period_text,
    letter.headline,
    concat('这是', letter.scope_text, letter.period_text, '的考勤月报表初稿，供各部门和员工核对，不得用于发薪；关账后发定稿。') as about,
    letter.figures,
    concat(
        '请各部门核对“考勤表”“月度汇总”和“异常”，在“签字页”签字，假条附后；',
        case
            when letter.pending_days > 0 then concat('待确认的', attendance.days_text(letter.pending_days), '天请补齐签字、假条、排班或考勤认定单，否则不出定稿；')
        end,
        '应补的资料请于', letter.close_text, '关账前交人事行政，之后到的列入下月“上月调整”。'
    ) as action,
    letter.file_name,
    letter.file_code,
    concat('初稿', case when letter.revision > 1 then concat('第', letter.revision, '版') end) as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    null::jsonb as correction
from attendance.month_letter(%(artifact_id)s) as letter
