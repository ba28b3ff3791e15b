"""Made-up papers to contractors for tests and pictures. All names, numbers and accounts are invented."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from backoffice.notices.contractor_papers import (
    Audited,
    Deducted,
    Defect,
    Deposit,
    Letterhead,
    Moved,
    Reserved,
    confirmation,
    deduction_statement,
    release_form,
    repair_notice,
)
from backoffice.notices.paper import Opinion, Paper

D = Decimal
CHANNEL = "送达青屿花园3号楼一层客户服务部，或发送电子邮件至 weixiu@qingyu.example"
LEAK = (
    "卫生间地面闭水试验24小时后，下层住户客厅顶棚出现约1.2平方米水渍并持续滴水；打开管井检查，地漏周边防水层翻边高度不足，"
    "套管与楼板间未做密封处理，渗水沿套管下行。须拆除地面饰面，重做防水层并再次闭水试验合格后恢复饰面"
)


def head(number: str, **told: Any) -> Letterhead:
    facts = {
        "revision": 1,
        "issued_on": date(2026, 11, 5),
        "company": "青屿置业有限公司",
        "contractor": "鼎固建设工程有限公司",
        "contact": "审计核算部 沈女士 010-5555 0168",
        "project": "青屿花园二期",
        "contract_no": "QY-SG-2022-031",
        "work_title": "5至9号楼土建及装修工程",
    }
    return Letterhead(number, **facts | told)


def asked(**told: Any) -> Paper:
    """A notice before the repair: three defects, one of them repaired at once."""
    term = "防水工程保修期至2029-10-15（建设工程质量管理条例第四十条）"
    defects = (
        Defect("PG-202610-0117", "7号楼2单元1502室卫生间", LEAK, date(2026, 10, 27), term),
        Defect(
            "PG-202610-0121", "9号楼1单元入户大堂", "墙面石材空鼓3处，其中一块松动，有坠落危险", date(2026, 10, 29),
            "装修工程保修期至2026-12-31（施工合同第12.1条）",
        ),
        Defect(
            "PG-202611-0004", "7号楼地下水泵房", "给水立管卡箍脱落，积水漫入配电间，全楼断电", date(2026, 11, 2),
            "给排水管道保修期至2026-12-31（施工合同第12.1条）", "危及配电间，11-02 23:40先行抢修；值班记录、照片6张",
        ),
    )  # fmt: skip
    return repair_notice(
        head("TZ-QY-202611-0002", contact="客户服务部 丁先生 010-5555 0166"),
        told.pop("defects", defects),
        **{
            "answer_by": date(2026, 11, 12),
            "supplement_no": "QY-SG-2022-031-补2",
            "consequence_clause": "施工合同第12.3条",
            "channel": CHANNEL,
        }
        | told,
    )


ORDERS = (
    Audited("PG-202609-0086", "6号楼1单元802室卫生间", LEAK, "现场勘察会签表KC-202609-0086", date(2026, 10, 9),
            D("4860.00"), D("4860.00")),
    Audited("PG-202609-0093", "8号楼3单元屋面", "女儿墙根部卷材开裂，顶层住户卧室渗漏", "现场勘察会签表KC-202609-0093",
            date(2026, 10, 14), D("12735.50"), D("12735.50")),
    Audited("PG-202610-0012", "5号楼2单元301室客厅", "铝合金窗框与墙体间未打胶，雨天渗水，窗台板泡胀变形",
            "现场勘察会签表KC-202610-0012", date(2026, 10, 21), D("1218.40"), D("1218.40")),
    Audited("PG-202610-0047", "9号楼地下一层车库", "伸缩缝止水带脱开，雨后地面积水", "现场勘察会签表KC-202610-0047",
            date(2026, 10, 28), D("3333.33"), D("3333.33")),
)  # fmt: skip


def confirmed(**told: Any) -> Paper:
    """A confirmation of a contract whose clause makes silence consent."""
    orders = told.pop("orders", ORDERS)
    return confirmation(
        told.pop("head", head("QR-QY-202611-0003")),
        orders,
        **{
            "total": sum((order.charged_amount for order in orders), D(0)),
            "answer_by": date(2026, 11, 20),
            "supplement_no": "QY-SG-2022-031-补2",
            "silence_clause": "施工合同第12.4条",
            "channel": CHANNEL,
        }
        | told,
    )


def shared() -> Paper:
    """A confirmation without a clause on silence; one order's cause is shared, one has a management charge."""
    orders = (
        *ORDERS[:2],
        replace(ORDERS[2], charged_amount=D("1340.24"), reckoning="另加管理费10%（补充协议第6条）"),
        replace(ORDERS[3], charged_amount=D("2000.00"), reckoning="责任分摊60%（会签表第3项）"),
    )
    return confirmed(orders=orders, silence_clause=None)


def many(count: int = 24) -> Paper:
    """A confirmation over two pages."""
    orders = tuple(
        replace(ORDERS[number % 4], order_no=f"PG-202610-{number:04}", defect=ORDERS[1 + number % 3].defect)
        for number in range(1, count + 1)
    )
    return confirmed(orders=orders)


WEST = Deposit(
    "QY-SG-2022-031", "青屿花园二期", "5至9号楼土建及装修工程", date(2026, 12, 31),
    opening=D("58200.00"), additions=D("1800.00"), deductions=D("22147.23"), reversals=D("1200.00"), releases=D("0.00"),
    closing=D("39052.77"), reserved=D("1800.00"), available=D("37252.77"), claimed=D("0.00"),
    deducted=tuple(
        Deducted(order.order_no, order.place, order.defect, "QR-QY-202610-0002，10-24书面确认", order.charged_amount,
                 order.charged_amount)
        for order in ORDERS
    ),
    moved=(
        Moved(date(2026, 10, 12), "PZ-202610-0231", "按终审结算补留质保金", "增加", D("1800.00")),
        Moved(date(2026, 10, 31), "CH-202610-0001", "PG-202606-0058改判为业主使用不当，冲回2026年7月扣款", "冲回",
              D("1200.00")),
    ),
    disputed=(
        Reserved("PG-202610-0055", "6号楼2单元1101室厨房", "施工单位认为橱柜背板由业主自行改装时打穿水管，与原施工无关",
                 date(2026, 10, 26), D("1800.00")),
    ),
)  # fmt: skip
EAST = Deposit(
    "QY-SG-2023-008", "青屿国际大厦", "地下室防水工程", date(2027, 4, 15),
    opening=D("3000.00"), additions=D("0.00"), deductions=D("3000.00"), reversals=D("0.00"), releases=D("0.00"),
    closing=D("0.00"), reserved=D("0.00"), available=D("0.00"), claimed=D("1500.00"),
    deducted=(
        Deducted("PG-202610-0101", "地下二层3轴交F轴外墙", "穿墙套管渗漏，注浆封堵", "QR-QY-202610-0005，合同第9.4条",
                 D("2500.00"), D("2500.00")),
        Deducted("PG-202610-0102", "地下二层集水坑", "坑壁渗漏，排水泵频繁启动", "QR-QY-202610-0005，合同第9.4条",
                 D("2000.00"), D("500.00"), D("1500.00")),
    ),
    remark="本合同质保金余额已不足，后续保修费用将直接索赔。",
)  # fmt: skip
QUIET = Deposit(
    "QY-SG-2024-019", "青屿花园三期", "外墙涂料工程", date(2027, 9, 30),
    opening=D("26500.00"), additions=D("0.00"), deductions=D("0.00"), reversals=D("0.00"), releases=D("0.00"),
    closing=D("26500.00"), reserved=D("0.00"), available=D("26500.00"), claimed=D("0.00"),
)  # fmt: skip


def deducted(deposits: tuple[Deposit, ...] = (WEST, EAST, QUIET), **told: Any) -> Paper:
    """A statement over three contracts: an ordinary one, one whose balance did not suffice, one without movements."""
    return deduction_statement(
        head("KK-QY-202610-0003", project="", contract_no="", work_title=""),
        deposits,
        **{
            "period_text": "2026年10月",
            "deducted_total": sum((deposit.deductions for deposit in deposits), D(0)),
            "objection_by": date(2026, 11, 20),
            "drawn_by": "沈知夏",
            "reviewed_by": "韩松年",
        }
        | told,
    )


def released(**told: Any) -> Paper:
    """WAR-14: received on 20 October, 1,800 reserved of 41,000; two departments have spoken."""
    return release_form(
        told.pop("head", head("TH-QY-202610-0001", issued_on=date(2026, 10, 21))),
        **{
            "settled_amount": D("2000000.00"),
            "accepted_on": date(2024, 10, 15),
            "liability_ends_on": date(2026, 10, 15),
            "request_no": "DG-函-2026-44",
            "requested_on": date(2026, 10, 19),
            "received_on": date(2026, 10, 20),
            "verify_by": date(2026, 11, 3),
            "return_by": date(2026, 11, 17),
            "return_basis": "保证金办法第十一条，核实期满后14日内",
            "closing_balance": D("41000.00"),
            "reserved": D("1800.00"),
            "payable": D("39200.00"),
            "disputed": WEST.disputed,
            "opinions": (
                Opinion(
                    "客户服务部", verdict="同意", signer="丁一帆", signed_on=date(2026, 10, 26),
                    opinion="保修期内共报修63件，施工单位按期到场51件，逾期12件由维修队代修并已扣款；渗漏类缺陷复查合格，"
                    "业主满意度回访无未结事项。施工单位配合一般，同意按核实金额退还。",
                ),
                Opinion(
                    "工程材料部", verdict="同意", signer="蒋明远", signed_on=date(2026, 10, 27),
                    opinion="现场复核无遗留质量问题，屋面及外墙防水保修期至2029年10月15日，施工单位已出具书面承诺。",
                ),
            ),
        }
        | told,
    )  # fmt: skip


EXAMPLES = {
    "asked": asked,
    "confirmed": confirmed,
    "shared": shared,
    "many": many,
    "deducted": deducted,
    "released": released,
}
