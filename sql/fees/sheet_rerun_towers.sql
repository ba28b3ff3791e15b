/*  The sheet 总览 of the 重跑结果单: what a run did to each tower, as the run told it.

    Grain:  one row per tower.
    Rerun:  safe; only reads.
    Rules:  outputs 6.5.  */
select
    told.site_name,
    told.due_count,
    told.kept_count,
    told.new_count,
    told.replaced_count,
    told.corrected_count,
    told.waiting_count,
    told.idle_count,
    told.unbilled_count,
    told.differing_count,
    told.differing_amount,
    told.old_amount,
    told.new_amount,
    told.delta_amount,
    told.first_no,
    told.last_no,
    told.gap_count,
    told.sent_before_count,
    told.sent_now_count,
    told.open_count,
    told.unclear_count,
    told.approved_text,
    told.doubled_count,
    told.mailed_twice_count,
    told.missing
from ops.run_line
cross join lateral jsonb_to_record(run_line.line) as told (
    site_name text, missing text, due_count integer, kept_count integer, new_count integer, replaced_count integer,
    corrected_count integer, waiting_count integer, idle_count integer, unbilled_count integer,
    differing_count integer, differing_amount numeric, old_amount numeric, new_amount numeric, delta_amount numeric,
    first_no text, last_no text, gap_count integer, sent_before_count integer, sent_now_count integer,
    open_count integer, unclear_count integer, approved_text text, doubled_count integer, mailed_twice_count integer
)
where run_line.run_id = %(run_id)s and run_line.sheet = '总览'
order by run_line.line_no
