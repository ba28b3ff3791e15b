/*  Sends one offending row of a refused file back, with the words of the check that found it.

    Grain:  one row per offender. */
insert into ops.quarantine (file_id, line_no, raw, reason, advice, effect)
select
    %(file_id)s,
    %(line_no)s,
    coalesce((
        select landing_row.raw
        from ops.landing_row
        where landing_row.file_id = %(file_id)s and landing_row.line_no = %(line_no)s
        limit 1
    ), ''),
    %(reason)s,
    %(advice)s,
    '整份文件没有入账'
