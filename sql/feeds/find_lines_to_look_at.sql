/*  Finds which lines of a file went back and still wait: nobody signed for them, and no later file brought them mended.

    Grain:  one row per line. */
select quarantine.line_no
from ops.quarantine
where
    quarantine.file_id = %(file_id)s
    and quarantine.line_no = any(%(lines)s)
    and quarantine.state = 'open'
    and quarantine.mended_file_id is null
order by quarantine.line_no
