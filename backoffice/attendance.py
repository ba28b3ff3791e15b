"""Judging attendance days: the statements that do it, in order. Two workflows carry them out."""

#: what judges the days of a run's scope and keeps the verdicts; all or none
JUDGE = (
    "attendance/bind_rules",
    "attendance/set_policy",
    "attendance/name_people",
    "attendance/plan_days",
    "attendance/settle_windows",
    "attendance/judge_leave",
    "attendance/grant_punches",
    "attendance/gather_offences",
    "attendance/fit_spells",
    "attendance/judge_days",
    "attendance/apply_rulings",
    "attendance/add_offences",
    "attendance/reckon_overtime",
    "attendance/set_aside_silent_days",
    "attendance/note_changes",
    "attendance/unmark_days",
    "attendance/mark_days",
    "attendance/mark_new_days",
    "attendance/adjust_days",
    "attendance/keep_offences",
    "attendance/keep_stray_punches",
    "attendance/fine_conduct",
    "attendance/record_results",
    "ops/stamp_computed",
)
