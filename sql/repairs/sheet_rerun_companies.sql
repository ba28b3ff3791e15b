/*  The sheets 总览 and 证明 of the 重跑结果单 of charge-backs: what a run did to each company, as the run told it.

    Grain:  one row per company.
    Rerun:  safe; only reads.
    Rules:  outputs 6.5.  */
select told.*
from ops.run_line
cross join lateral jsonb_to_record(run_line.line) as told (
    site_name text, missing text, due_count integer, kept_count integer, new_count integer, waiting_count integer,
    reversed_count integer, disputed_count integer, stopped_count integer, unready_count integer, old_amount numeric,
    new_amount numeric, delta_amount numeric, paper_count integer, gap_count integer, doubled_count integer,
    unbalanced_count integer, sent_before_count integer, sent_now_count integer, open_count integer,
    unclear_count integer, mailed_twice_count integer, approved_text text
)
where run_line.run_id = %(run_id)s and run_line.sheet = '总览'
order by run_line.line_no
