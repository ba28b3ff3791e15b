/*  The sheet 指标口径: what each published figure means.

    Grain:  one row per measure.
    Rerun:  safe; only reads.  */
select
    measure.title,
    measure.definition,
    measure.numerator,
    measure.denominator,
    measure.source
from sales.measure
order by measure.line_no
