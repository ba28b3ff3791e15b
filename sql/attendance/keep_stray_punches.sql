/*  Keeps the punches of the run's days that belong to no shift and no day of rest, for people to look at.

    Grain:  one row per person and punch.
    Rerun:  safe.  */
delete from attendance.stray_punch
where false
