/*  Weeks beside days and months: one name for the period of a run, wherever operations read one. */

-- A period as it is entered and shown: 2026-10-12, 2026-W44 (Monday to Sunday, the ISO year), 2026-10, or 2026-10-01至2026-10-15.
create function ops.period_key(period daterange) returns text
language sql immutable strict parallel safe
return case
    when upper(period) - lower(period) = 1 then to_char(lower(period), 'YYYY-MM-DD')
    when upper(period) - lower(period) = 7 and extract(isodow from lower(period)) = 1 then to_char(lower(period), 'IYYY"-W"IW')
    when
        extract(day from lower(period)) = 1
        and upper(period) = (lower(period) + interval '1 month')::date
        then to_char(lower(period), 'YYYY-MM')
    else to_char(lower(period), 'YYYY-MM-DD') || '至' || to_char(upper(period) - 1, 'YYYY-MM-DD')
end;
