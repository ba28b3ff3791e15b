/*  The sheet 销控表: every unit of a project where it stands, in the state of the period's last day.

    Grain:  one row per unit; block, row and column place it on the sheet.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SA-B2, SA-B5. A unit without a place, or whose place another one holds, stands below the floors of its building.  */
with placed as (
    select
        state.*,
        building.building_name,
        row_number() over (
            partition by state.site_id, state.building_no, state.floor_no, state.column_no order by state.unit_no
        ) as turn
    from sales.unit_state(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as state
    left join sales.building
        on
            state.site_id = building.site_id
            and state.building_no = building.building_no
            and building.recorded_at <= %(known_at)s
            and %(known_at)s < building.superseded_at
),

settled as (
    select
        placed.*,
        placed.floor_no is not null and placed.column_no is not null and placed.turn = 1 as is_placed,
        row_number() over (
            partition by
                placed.site_id, placed.building_no,
                placed.floor_no is not null and placed.column_no is not null and placed.turn = 1
            order by placed.unit_no
        )::integer - 1 as place
    from placed
),

spread as (
    select
        settled.*,
        min(settled.floor_no) filter (where settled.is_placed) over of_building as lowest_floor,
        coalesce(max(settled.column_no) filter (where settled.is_placed) over of_building, 8) as column_count
    from settled
    window of_building as (partition by settled.site_id, settled.building_no)
)

select
    coalesce(spread.building_name, spread.building_no) as block,
    case
        when spread.is_placed then spread.floor_no
        else coalesce(spread.lowest_floor, 0) - 1 - spread.place / spread.column_count
    end as row_no,
    case when spread.is_placed then concat(spread.floor_no, '层') else '其他' end as row_label,
    case when spread.is_placed then spread.column_no else 1 + spread.place %% spread.column_count end as column_no,
    spread.unit_no as label,
    spread.state
from spread
order by
    length(spread.building_no), spread.building_no, row_no desc, column_no
