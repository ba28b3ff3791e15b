/*  Lists what approvers are asked: one question per level and duty.

    Grain:  one row per company, level and duty with orders that wait.
    Rerun:  safe; only reads.
    Rules:  WA-D6 up to the first limit the manager of customer service; up to the second the deputy chief engineer
            reviews, then the deputy general manager approves; above it the general manager.  */
select
    waiting.site_id,
    coalesce(place.site_name, waiting.site_id) as site_name,
    waiting.base_on as starts_on,
    waiting.level_no,
    waiting.duty,
    waiting.approver_duty,
    count(*) as item_count,
    sum(waiting.amount) as amount,
    concat(
        '第', waiting.level_no, '级', waiting.approver_duty, waiting.duty, ' ', count(*), '单 ',
        to_char(sum(waiting.amount), 'FM999,999,999,990.00'), '元'
    ) as waiting_text
from repairs.to_approve(%(run_id)s) as waiting
left join book.place on waiting.site_id = place.site_id and place.superseded_at = 'infinity'
group by
    waiting.site_id, place.site_name, waiting.base_on, waiting.level_no, waiting.duty, waiting.approver_duty
order by waiting.site_id, waiting.level_no, waiting.duty
