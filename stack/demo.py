"""The demonstration: a sample month through the real scheduler. A new workflow adds one line to LANES."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from stack import books, runs
from stack.control import say, speaker, up
from stack.runs import Order, Outcome
from stack.state import ROOT, USERS, StackError, State

SAMPLE = ROOT / "sample" / "inbox"

#: Takes in all files, so it runs alone.
FIRST = Order("daily_attendance", "2026-10-01..2026-10-31")
#: What then runs side by side, each lane in its order.
LANES = [
    [
        Order("monthly_attendance", "2026-10", sites=["GM01", "CN01", "SL01"]),
        Order("weekly_rewards", "2026-W43", sites=["GM01"]),
    ],
    [Order("monthly_sales", "2026-08"), Order("monthly_sales", "2026-09"), Order("monthly_sales", "2026-10")],
    [Order("fee_notices", "2026-10"), Order("weekly_sales", "2026-W44")],
    [
        Order("repair_orders", "2026-10-31"),
        Order("deposit_chargebacks", "2026-10"),
        Order("customer_followup", "2026-10-31"),
    ],
]
#: Tells of all of them.
LAST = Order("daily_briefing", "2026-10-31")
#: The sums worth a place in the table, in the words of the house; a workflow without any of them shows all.
SUMS = {
    "due_count": "应到",
    "late_count": "迟到",
    "absent_days": "旷工",
    "leave_days": "请假",
    "fine_amount": "罚款",
    "conduct_fine_amount": "违纪",
    "call_charge_amount": "赔偿话费",
    "praise_count": "表扬",
    "notice_count": "出单",
    "unbilled_count": "未出单",
    "opening_amount": "期初欠费",
    "charge_amount": "本期应收",
    "late_fee_amount": "违约金",
    "payable_amount": "本次应缴",
    "order_count": "在办",
    "approval_count": "待审批",
    "deducted_amount": "扣款",
    "claimed_amount": "转索赔",
    "company_amount": "公司承担",
    "disputed_amount": "争议冻结",
    "stopped_amount": "暂停",
    "visit_count": "来访",
    "subscribed_count": "认购",
    "signed_count": "净签约套数",
    "signed_amount": "净签约",
    "received_amount": "回款",
    "follow_count": "应跟进",
    "overdue_count": "逾期未跟进",
    "lapsing_count": "即将失效",
    "chase_amount": "待催款",
}
OPINION = "演示：已核对，同意"


def demo(state: State) -> bool:
    """Start the office, take in the sample files, run all lanes and print what they made; True when all succeeded."""
    up(state)
    say(f"放入样例资料: {runs.bring(SAMPLE, state.at('inbox'))} 个文件")
    outcomes = in_order(state, [FIRST])
    if outcomes[-1].state == "success":
        with ThreadPoolExecutor(len(LANES)) as side_by_side:
            for lane in side_by_side.map(lambda orders: in_order(state, orders, is_named=True), LANES):
                outcomes += lane
        outcomes += in_order(state, [LAST])
    show(state, outcomes)
    return all(outcome.state == "success" for outcome in outcomes)


def in_order(state: State, orders: list[Order], *, is_named: bool = False) -> list[Outcome]:
    """Run one order after the other until one does not succeed.

    :param is_named: whether each line names its workflow, because others are told side by side.
    """
    outcomes: list[Outcome] = []
    for order in orders:
        asked = replace(order, requested_by="demo", reason="演示", send_mail=True, opinion=OPINION)
        speaker.set(order.dag_id if is_named else "")
        try:
            outcomes.append(runs.perform(state, asked))
        except StackError as error:
            outcomes.append(Outcome(asked, "", "failed", str(error)))
            say(str(error))
        if outcomes[-1].state != "success":
            break
    return outcomes


def show(state: State, outcomes: list[Outcome]) -> None:
    """Print one line per run and site, and where everything is."""
    table = Table("流程", "期间", "项目", "状态", "行数", "合计", "文件", "邮件(已发/未发)", title="演示结果")
    words = {"success": "完成", "failed": "失败", runs.WAITING: "待审批"}
    for outcome in outcomes:
        order = outcome.order
        figures = books.site_figures(state.dsn(), order.dag_id, outcome.run_id)
        for site in figures or [books.SiteFigures("", 0, {}, 0, 0, 0)]:
            named = {word: site.totals[name] for name, word in SUMS.items() if name in site.totals}
            sums = "  ".join(f"{word} {amount}" for word, amount in (named or site.totals).items())
            letters = f"{site.sent_count}/{site.open_count}"
            cells = [order.dag_id, order.period, site.site_id, words[outcome.state], f"{site.row_count:,}", sums]
            table.add_row(*cells, str(site.file_count), letters)
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)  # a log has no right edge
    console.print(table)
    say(f"界面    {state.url}")
    for name, role in USERS.items():
        say(f"  登录 {name:8} 密码 {state.secrets[name]:14} 角色 {role}")
    say(f"工作簿  {state.at('files')}")
    say(f"邮件    {state.at('mail')} ({len(list(state.at('mail').glob('*.eml')))} 封)")
    where = "" if state.folder == ROOT / "var" else f" STATE={state.folder}"
    say(f"停止: make down{where}    下一天: make run DAG=daily_attendance PERIOD=2026-11-01{where}")
