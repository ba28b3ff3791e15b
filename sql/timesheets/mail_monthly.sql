/*  The letter that brings the 定稿 of a month sheet: the variables of templates/timesheets/monthly.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that issued it.
    Rules:  outputs 0 and 2; the final sheet alone may be used for payroll.  */
select
    '考勤月报' as title,
    letter.scope_text,
    letter.period_text,
    letter.headline,
    concat('这是', letter.scope_text, letter.period_text, '的考勤月报表定稿，已核对并关账，发薪以本版为准。') as about,
    letter.figures,
    concat(
        '请各部门据此归档，与初稿不同之处见“差异”；',
        case when letter.adjusted_count > 0 then concat('有', letter.adjusted_count, '人的上月调整计入本月，见“上月调整”；') end,
        '制度罚款须经人事和法务确认方可执行。如有异议请联系人事行政，更正列入下月“上月调整”，本月不变。'
    ) as action,
    letter.file_name,
    letter.file_code,
    case when letter.revision > 1 then concat('第', letter.revision, '版(更正)') else '定稿' end as revision_text,
    letter.as_of_on,
    letter.known_text,
    letter.contact,
    letter.correction
from attendance.month_letter(%(artifact_id)s) as letter
