/*  Gathers what people did beside the clock: left the post, stayed too long at lunch, missed a meeting, swapped in private.

    Grain:  one row per person, day, kind and source, in the columns of attendance.offence.
    Rerun:  safe; fills a table of this transaction only (found_offence).  */
create temp table found_offence on commit drop as
select offence.*
from attendance.offence
where false
