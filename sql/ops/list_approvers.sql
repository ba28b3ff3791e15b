/*  Lists who may answer a question that is put to a duty, the deputies among them.

    Grain:  one row per login.
    Rerun:  safe; only reads what holds now: a question is put to the people of the day, whatever it is about.
    Rules:  WA-D6, WA-D8; who is named for a place and who is named for all (*) may both answer.  */
select
    approver.login,
    -- one login may have been entered for the place and for all
    min(approver.approver_name) as approver_name
from book.approver
where
    approver.site_id in (%(site_id)s, '*')
    and approver.duty = %(duty)s
    and approver.superseded_at = 'infinity'
    and approver.valid_from <= %(asked_on)s::date
    and coalesce(approver.valid_to, 'infinity') >= %(asked_on)s::date
group by approver.login
order by approver.login
