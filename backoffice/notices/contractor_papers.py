"""The papers about repairs in warranty and the deposits they are deducted from, built from what they are to say.

| number | paper | goes to |
|---|---|---|
| TZ- | `repair_notice` 维修通知 | the contractor, before the repair (WAR-05) |
| CB- | `reminder` 催办函 | the contractor, who said he would repair and did not, or did not answer |
| QR- | `confirmation` 维修费用确认通知单 | the contractor, after the audit and before any deduction (WAR-08) |
| KK- | `deduction_statement` 质保金扣款通知单(对账单) | the contractor, after the month is posted (WAR-22) |
| TH- | `release_form` 质保金退还审批表 | the departments that decide on a release (WAR-14, WA-D11) |

They know no database: whoever calls them has read the books. Amounts are Decimal yuan with whole cents, VAT contained;
days are of the house clock, deadlines include their day. The given totals are those of the books, and the paper
refuses them with a `NoticeError` when its own lines make another sum. 保证金办法 is 建质〔2017〕138号.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from backoffice.letters import money
from backoffice.notices.notice import NoticeError
from backoffice.notices.paper import Account, Block, Column, Opinion, Paper, Section, Table, Term, day_text
from backoffice.workbook.wording import revision_text

ZERO = Decimal(0)
NONE = "—"
LAW = "《建设工程质量保证金管理办法》（建质〔2017〕138号）"
#: who gives an opinion on a release, and what about (outputs §5.3)
DEPARTMENTS = (
    ("客户服务部", "保修期质量情况、配合状况"),
    ("工程材料部", "工程质量、遗留问题"),
    ("审计核算部", "扣款、冲回及争议金额的核对"),
    ("财务计统部", "账面余额、应退金额、付款安排"),
    ("公司领导", "审批意见"),
)


@dataclass(frozen=True)
class Letterhead:
    """What every paper to or about a contractor begins and ends with.

    :param number: e.g. QR-GM-202611-0003; the file is called so.
    :param revision: counted from 1.
    :param company: who issues and stamps it.
    :param contractor: full name.
    :param contact: department, person, telephone, address.
    :param project: name of the project; contract_no and work_title: of the construction contract; the three stay "" on
        a statement over several contracts.
    """

    number: str
    revision: int
    issued_on: date
    company: str
    contractor: str
    contact: str
    project: str = ""
    contract_no: str = ""
    work_title: str = ""


@dataclass(frozen=True)
class Defect:
    """A work order of a 维修通知.

    :param basis: why it is the contractor's: warranty term with its clause, statute.
    :param evidence: "" for an ordinary order; why and on what evidence an emergency was repaired at once.
    """

    order_no: str
    place: str
    defect: str
    reported_on: date
    basis: str
    evidence: str = ""


@dataclass(frozen=True)
class Audited:
    """A work order of a 维修费用确认通知单.

    :param liability: what the liability rests on, e.g. the number of the inspection sheet (现场勘察会签表).
    :param audited_amount: 审定金额.
    :param charged_amount: what the contractor bears; other than audited where a cause is shared or a clause adds a
        management charge, and `reckoning` then says how (WAR-19, WAR-21).
    :param enclosures: 照片、会签表、客户签认.
    """

    order_no: str
    place: str
    defect: str
    liability: str
    completed_on: date
    audited_amount: Decimal
    charged_amount: Decimal
    reckoning: str = ""
    enclosures: str = "照片、会签表、客户签认"


@dataclass(frozen=True)
class Reminded:
    """A work order of a 催办函: what the contractor was written before, and has not done.

    :param amount: what he was asked to confirm; None where he was asked to repair.
    """

    order_no: str
    place: str
    defect: str
    original_no: str
    original_on: date
    amount: Decimal | None = None


@dataclass(frozen=True)
class Deducted:
    """A work order of a month's statement: what the contractor bears is deducted or, beyond the balance, claimed.

    :param confirmed: how it was confirmed: number of the QR and day of the answer, or the clause of silence.
    """

    order_no: str
    place: str
    defect: str
    confirmed: str
    charged_amount: Decimal
    deducted_amount: Decimal
    claimed_amount: Decimal = ZERO


@dataclass(frozen=True)
class Moved:
    """What else changed a deposit. `amount` is positive; only a 增加 that corrects an entry may be negative."""

    moved_on: date
    number: str
    reason: str
    kind: Literal["增加", "冲回", "退还"]
    amount: Decimal


@dataclass(frozen=True)
class Reserved:
    """A work order in dispute, whose amount is reserved and not deducted (WAR-07)."""

    order_no: str
    place: str
    reason: str
    disputed_on: date
    amount: Decimal


@dataclass(frozen=True)
class Deposit:
    """The deposit of one contract over the period of a statement, as the ledger has it; all amounts positive.

    opening + additions − deductions + reversals − releases = closing; closing − reserved = available (WAR-22, WAR-07).

    :param liability_ends_on: 缺陷责任期至.
    :param reserved: as far as the balance covers it, so that `available` is never below zero.
    :param claimed: 转索赔: what the balance of this period did not suffice for (WAR-09).
    :param remark: e.g. that a final audit lowered the cap (WAR-23).
    """

    contract_no: str
    project: str
    work_title: str
    liability_ends_on: date
    opening: Decimal
    additions: Decimal
    deductions: Decimal
    reversals: Decimal
    releases: Decimal
    closing: Decimal
    reserved: Decimal
    available: Decimal
    claimed: Decimal
    deducted: Sequence[Deducted] = ()
    moved: Sequence[Moved] = ()
    disputed: Sequence[Reserved] = ()
    remark: str = ""


def _from(head: Letterhead, title: str) -> dict[str, Any]:
    """What of a Paper its letterhead decides."""
    return {
        "number": head.number,
        "title": title,
        "revision": revision_text(head.revision),
        "sender": head.company,
        "addressee": head.contractor,
        "issued_on": head.issued_on,
        "contact": head.contact,
    }


def _contract_facts(head: Letterhead) -> tuple[tuple[str, str], ...]:
    return (
        ("项目", head.project),
        ("施工合同", head.contract_no),
        ("工程", head.work_title),
        ("开单日期", day_text(head.issued_on)),
    )


def _issuer(head: Letterhead) -> Block:
    """Where the house signs and stamps."""
    return Block(
        head.company,
        (("经办人", ""), ("复核人", ""), ("签发人", ""), ("日期", day_text(head.issued_on))),
        has_stamp=True,
    )


def repair_notice(
    head: Letterhead,
    defects: Sequence[Defect],
    *,
    answer_by: date,
    supplement_no: str | None,
    consequence_clause: str = "",
    channel: str,
) -> Paper:
    """TZ- 维修通知: what is to be repaired, on what ground, until when, and what happens otherwise (WAR-05).

    Without a supplementary agreement the house's team may not repair at the contractor's cost, so nothing is said of a
    deduction (WA-D4a). Where all was emergencies, repaired already, nobody is called to the site.

    :param answer_by: last day to answer and to send somebody.
    :param supplement_no: 售后维修补充协议 on file; None without one.
    :param consequence_clause: clause of the contract on deduction, e.g. 施工合同第12.3条.
    :param channel: how to answer: address, e-mail, fax.
    """
    urgent = [defect for defect in defects if defect.evidence]
    ordinary = len(urgent) < len(defects)
    ground = f"{LAW}第九条" + (f"、{consequence_clause}" if consequence_clause else "及合同约定")
    if supplement_no:
        otherwise = (
            f"逾期既不维修也未书面答复的，我公司将依据{ground}和售后维修补充协议（{supplement_no}）组织维修。所需费用经"
            "审核后另行书面通知贵司确认，由贵司承担，从本合同质保金中扣除；超出质保金余额的部分依法另行索赔。"
        )
    else:
        otherwise = (
            "逾期既不维修也未书面答复的，我公司工程材料部将书面催办，并依据合同追究未履行保修义务的责任。"
            "本合同没有售后维修补充协议，本通知不作为从质保金扣款的依据。"
        )
    closing = (
        f"请于{day_text(answer_by)}前（含当日）派员到现场维修，或书面答复维修方案与完工日期。" if ordinary else "",
        otherwise if ordinary else "",
        f"派工单{'、'.join(defect.order_no for defect in urgent)}属紧急抢修，为防止损失扩大已先行处理，"
        "证据见上表并附后；费用经审核后另行书面通知贵司确认。"
        if urgent
        else "",
        f"认为缺陷由业主使用不当或第三方造成的，请于{day_text(answer_by)}前书面说明并附证据；属实的，贵司不承担费用。",
        f"答复方式：{channel}。请注明本通知单号{head.number}。",
    )
    return Paper(
        **_from(head, "维修通知"),
        facts=(*_contract_facts(head), ("补充协议", supplement_no or "无")),
        due_label="请于此日前维修或书面答复" if ordinary else "请于此日前书面答复",
        due_on=answer_by,
        opening=(
            "贵司施工的下列部位在保修期内出现质量缺陷，经现场勘察属施工质量原因，"
            + ("现通知贵司履行保修义务。" if ordinary else "因情况紧急已先行抢修，现将情况通知贵司。"),
        ),
        sections=(
            Section(
                tables=(
                    Table(
                        f"缺陷清单（{len(defects)}项）",
                        (
                            Column("派工单号"),
                            Column("部位", 3),
                            Column("缺陷", 6),
                            Column("报修日"),
                            Column("责任依据", 5),
                            *((Column("紧急抢修证据", 3),) if urgent else ()),
                        ),
                        tuple(
                            (
                                defect.order_no,
                                defect.place,
                                defect.defect,
                                str(defect.reported_on),
                                defect.basis,
                                *((defect.evidence or NONE,) if urgent else ()),
                            )
                            for defect in defects
                        ),
                    ),
                ),
            ),
        ),
        closing=tuple(sentence for sentence in closing if sentence),
        blocks=(
            Block(
                "施工单位答复",
                (("维修负责人及电话", ""), ("进场日期", ""), ("计划完工日期", ""), ("签收人及日期", ""))
                if ordinary
                else (("经办人及电话", ""), ("签收人及日期", "")),
                choices=(("自行维修", "委托贵公司维修") if ordinary else ("知悉",)) + ("有异议（附书面说明）",),
                has_stamp=True,
            ),
            _issuer(head),
        ),
        footer="本通知为质量保修通知，不是扣款决定",
    )


def confirmation(
    head: Letterhead,
    orders: Sequence[Audited],
    *,
    total: Decimal,
    answer_by: date,
    supplement_no: str,
    silence_clause: str | None,
    channel: str,
) -> Paper:
    """QR- 维修费用确认通知单: the audited amounts, to be confirmed or disputed before any deduction (WAR-08).

    :param total: what the contractor is asked to confirm: the sum of `charged_amount`.
    :param answer_by: last day to confirm or to object.
    :param supplement_no: 售后维修补充协议, without which there is no deduction (WA-D4a).
    :param silence_clause: clause by which silence is consent; None or "": silence is no consent, and is escalated.
    :param channel: how to answer: address, e-mail, fax.
    """
    is_split = any(order.charged_amount != order.audited_amount for order in orders)
    # two more columns leave no room for one that says the same in every row
    enclosed = {order.enclosures for order in orders} if is_split else set()
    told_once = len(enclosed) == 1
    silence = (
        f"逾期未书面答复的，按{silence_clause}的约定视为贵司确认上述金额。"
        if silence_clause
        else "合同没有约定逾期未答复的后果：逾期未答复不视为同意，我公司将书面催办并报公司领导处理，在此之前不扣款。"
    )
    asked = "应承担金额" if is_split else "审定金额"
    return Paper(
        **_from(head, "维修费用确认通知单"),
        facts=(*_contract_facts(head), ("补充协议", supplement_no)),
        amount_label=f"{asked}合计",
        amount=total,
        due_label="书面确认或提出异议的期限",
        due_on=answer_by,
        opening=(
            "下列维修工程属保修期内由贵司承担的维修，已完工验收并经客户签认，决算已经审核，现将金额通知贵司，请核对并书面确认。",
        ),
        sections=(
            Section(
                tables=(
                    Table(
                        f"费用明细（{len(orders)}项）",
                        (
                            Column("派工单号"),
                            Column("部位", 3),
                            Column("缺陷", 5),
                            Column("责任依据", 4),
                            Column("完工日"),
                            Column(
                                "审定金额(元)",
                                is_money=True,
                                is_total=True,
                                counts_as="" if is_split else f"{asked}合计",
                            ),
                            *(
                                (
                                    Column("承担计算", 3),
                                    Column("应承担(元)", is_money=True, is_total=True, counts_as=f"{asked}合计"),
                                )
                                if is_split
                                else ()
                            ),
                            *(() if told_once else (Column("附件", 3),)),
                        ),
                        tuple(
                            (
                                order.order_no,
                                order.place,
                                order.defect,
                                order.liability,
                                str(order.completed_on),
                                order.audited_amount,
                                *((order.reckoning or "全额", order.charged_amount) if is_split else ()),
                                *(() if told_once else (order.enclosures,)),
                            )
                            for order in orders
                        ),
                        totals=(sum((order.audited_amount for order in orders), ZERO), total) if is_split else (total,),
                    ),
                ),
                remarks=(f"各单均附：{enclosed.pop()}。",) if told_once else (),
            ),
        ),
        closing=(
            f"请于{day_text(answer_by)}前（含当日）书面确认，或对金额、责任、分摊提出异议；异议请逐单写明理由并附证据。",
            silence,
            "提出异议的金额先行冻结，查明之前不扣款；无异议的部分请先予确认。经查明属他人原因的，贵司不承担费用。",
            "确认后的金额由副总工程师认定，从本合同质保金中扣除，并另发扣款通知单；超出质保金余额的部分另行索赔。",
            f"答复方式：{channel}。请注明本单单号{head.number}。",
        ),
        blocks=(
            Block(
                "施工单位答复",
                (("经办人及职务", ""), ("联系电话", ""), ("签收日期", ""), ("答复日期", "")),
                choices=("同意上述金额", "部分有异议（附书面说明）", "全部有异议（附书面说明）"),
                has_stamp=True,
            ),
            _issuer(head),
        ),
        footer="本单为扣款前的确认通知，不作为收款凭证",
    )


def reminder(head: Letterhead, reminded: Sequence[Reminded], *, answer_by: date, channel: str) -> Paper:
    """CB- 催办函: what was not repaired or answered is called to mind once; nothing follows from it by itself (WAR-08).

    :param answer_by: last day to repair or to answer.
    :param channel: how to answer: address, e-mail, fax.
    """
    to_repair = [each.order_no for each in reminded if each.amount is None]
    to_confirm = [each.order_no for each in reminded if each.amount is not None]
    closing = (
        f"派工单{'、'.join(to_repair)}：贵司曾答复自行维修，至今未完成。请于{day_text(answer_by)}前（含当日）完成维修；"
        "逾期未完成的，我公司可组织维修，费用经审核后另行书面通知贵司确认。"
        if to_repair
        else "",
        f"派工单{'、'.join(to_confirm)}：我公司发出的维修费用确认通知单已过答复期限。请于{day_text(answer_by)}前（含当日）"
        "书面确认或提出异议；未答复不视为同意，我公司将报公司领导处理，在此之前不扣款。"
        if to_confirm
        else "",
        f"已经办理的，请告知办理情况并附证据。答复方式：{channel}。请注明本单单号{head.number}。",
    )
    return Paper(
        **_from(head, "催办函"),
        facts=_contract_facts(head),
        due_label="请于此日前办理或书面答复",
        due_on=answer_by,
        opening=("下列事项我公司已书面通知贵司，期限已过，尚未收到办理结果，现予催办。",),
        sections=(
            Section(
                tables=(
                    Table(
                        f"催办事项（{len(reminded)}项）",
                        (
                            Column("派工单号"),
                            Column("部位", 3),
                            Column("缺陷", 5),
                            Column("原函件", 4),
                            Column("发出日"),
                            Column("请办理", 3),
                        ),
                        tuple(
                            (
                                each.order_no,
                                each.place,
                                each.defect,
                                each.original_no,
                                str(each.original_on),
                                "完成维修" if each.amount is None else f"确认{money(each.amount)}元",
                            )
                            for each in reminded
                        ),
                    ),
                ),
            ),
        ),
        closing=tuple(sentence for sentence in closing if sentence),
        blocks=(
            Block(
                "施工单位答复",
                (("经办人及职务", ""), ("联系电话", ""), ("签收日期", ""), ("答复日期", "")),
                has_stamp=True,
            ),
            _issuer(head),
        ),
        footer="本函为催办，不是扣款决定",
    )


def deduction_statement(
    head: Letterhead,
    deposits: Sequence[Deposit],
    *,
    period_text: str,
    deducted_total: Decimal,
    objection_by: date,
    drawn_by: str = "",
    reviewed_by: str = "",
    certified_by: str = "",
    finance_by: str = "",
) -> Paper:
    """KK- 质保金扣款通知单(对账单): one month of all deposits of a contractor, each contract with its roll-forward.

    :param deposits: one per contract; nothing is set off between them (WAR-11).
    :param period_text: e.g. 2026年10月.
    :param deducted_total: 本期扣款 of all contracts.
    :param objection_by: last day to object to the statement.
    :param drawn_by: names where known, of the four who sign: 制单, 复核, 认定, 财务; "" leaves the line for ink.
    """
    for order in (order for deposit in deposits for order in deposit.deducted):
        if order.deducted_amount + order.claimed_amount != order.charged_amount:
            raise NoticeError(
                f"质保金扣款通知单 {head.number}：{order.order_no}应承担{money(order.charged_amount)}，"
                f"扣款{money(order.deducted_amount)}与转索赔{money(order.claimed_amount)}之和不等"
            )
    claimed = sum((deposit.claimed for deposit in deposits), ZERO)
    claim = (
        f"转索赔合计{money(claimed)}元，为应承担金额超出质保金余额的部分，不从质保金扣除，由我公司另行书面索赔。"
        if claimed
        else ""
    )
    closing = (
        f"对本单有异议的，请于{day_text(objection_by)}前（含当日）书面提出，写明单号和理由并附证据；核实有误的，下期冲回。",
        claim,
        "冻结金额为贵司已提出异议、尚未查明的金额，只占用可用余额，不是扣款。各合同质保金分别核算，互不抵扣。",
        "质保金退还请在缺陷责任期届满后书面申请；可用余额为截至期末、退还核实之前的数额。",
    )
    return Paper(
        **_from(head, "质保金扣款通知单（对账单）"),
        facts=(
            ("期间", period_text),
            ("开单日期", day_text(head.issued_on)),
            ("合同份数", f"{len(deposits)}份"),
            ("转索赔合计", f"{money(claimed)} 元"),
        ),
        amount_label="本期扣款",
        amount=deducted_total,
        due_label="提出异议的期限",
        due_on=objection_by,
        sections=tuple(_deposit_section(deposit) for deposit in deposits),
        closing=tuple(sentence for sentence in closing if sentence),
        blocks=(
            *(
                Block("", ((label, name), ("日期", "")))
                for label, name in (
                    ("制单", drawn_by),
                    ("复核", reviewed_by),
                    ("认定", certified_by),
                    ("财务", finance_by),
                )
            ),
        ),
        footer="本单为质保金对账单，不作为收款凭证",
    )


def _deposit_section(deposit: Deposit) -> Section:
    kinds = [kind for kind in ("增加", "冲回", "退还") if any(entry.kind == kind for entry in deposit.moved)]
    named = {"增加": "本期增加", "冲回": "冲回", "退还": "退还"}
    charged = sum((order.charged_amount for order in deposit.deducted), ZERO)
    # beyond the balance there are three amounts to an order, otherwise all that it costs is deducted
    is_short = bool(deposit.claimed) or any(order.claimed_amount for order in deposit.deducted)
    tables = [
        Table(
            "本期扣款",
            (
                Column("派工单号"),
                Column("部位", 3),
                Column("缺陷", 5),
                Column("确认方式", 5),
                *((Column("应承担(元)", is_money=True, is_total=True, counts_as="应承担金额"),) if is_short else ()),
                Column("扣款(元)", is_money=True, is_total=True, counts_as="本期扣款"),
                *((Column("转索赔(元)", is_money=True, is_total=True, counts_as="转索赔"),) if is_short else ()),
            ),
            tuple(
                (
                    order.order_no,
                    order.place,
                    order.defect,
                    order.confirmed,
                    *((order.charged_amount,) if is_short else ()),
                    order.deducted_amount,
                    *((order.claimed_amount,) if is_short else ()),
                )
                for order in deposit.deducted
            ),
            totals=(charged, deposit.deductions, deposit.claimed) if is_short else (deposit.deductions,),
        )
    ]
    if kinds:
        tables.append(
            Table(
                "其他变动",
                (
                    Column("日期"),
                    Column("凭证号"),
                    Column("事由", 1),
                    *(
                        Column(f"{named[kind]}(元)", is_money=True, is_total=True, counts_as=named[kind])
                        for kind in kinds
                    ),
                ),
                tuple(
                    (
                        str(entry.moved_on),
                        entry.number,
                        entry.reason,
                        *(entry.amount if entry.kind == kind else "" for kind in kinds),
                    )
                    for entry in deposit.moved
                ),
                totals=tuple(
                    {"增加": deposit.additions, "冲回": deposit.reversals, "退还": deposit.releases}[kind]
                    for kind in kinds
                ),
            )
        )
    if deposit.disputed:
        tables.append(_disputes(deposit.disputed, deposit.reserved))
    accounts = [
        Account(
            (
                Term("期初余额", "", deposit.opening),
                Term("本期增加", "+", deposit.additions, is_itemised=True),
                Term("本期扣款", "-", deposit.deductions, is_itemised=True),
                Term("冲回", "+", deposit.reversals, is_itemised=True),
                Term("退还", "-", deposit.releases, is_itemised=True),
            ),
            Term("期末余额", "", deposit.closing),
        ),
        Account(
            (Term("期末余额", "", deposit.closing), Term("冻结", "-", deposit.reserved, is_itemised=True)),
            Term("可用余额", "", deposit.available),
        ),
    ]
    if is_short:
        accounts.append(
            Account(
                (
                    Term("应承担金额", "", charged),
                    Term("本期扣款", "-", deposit.deductions, is_itemised=True),
                ),
                Term("转索赔", "", deposit.claimed, is_itemised=True),
            )
        )
    return Section(
        heading=f"{deposit.contract_no}　{deposit.work_title}",
        facts=(("项目", deposit.project), ("缺陷责任期至", day_text(deposit.liability_ends_on))),
        accounts=tuple(accounts),
        tables=tuple(tables),
        remarks=(deposit.remark,) if deposit.remark else (),
    )


def _disputes(disputed: Sequence[Reserved], reserved: Decimal) -> Table:
    return Table(
        "争议冻结",
        (
            Column("派工单号"),
            Column("部位", 3),
            Column("争议理由", 7),
            Column("提出日"),
            Column("冻结(元)", is_money=True, is_total=True, counts_as="冻结"),
        ),
        tuple((entry.order_no, entry.place, entry.reason, str(entry.disputed_on), entry.amount) for entry in disputed),
        totals=(reserved,),
    )


def release_form(
    head: Letterhead,
    *,
    settled_amount: Decimal,
    accepted_on: date,
    liability_ends_on: date,
    request_no: str,
    requested_on: date,
    received_on: date,
    verify_by: date,
    return_by: date,
    return_basis: str,
    closing_balance: Decimal,
    reserved: Decimal,
    payable: Decimal,
    quality: str = "",
    cooperation: str = "",
    disputed: Sequence[Reserved] = (),
    opinions: Sequence[Opinion] = (),
) -> Paper:
    """TH- 质保金退还审批表: what is due to the contractor, and every department's written opinion (WAR-14, WA-D11).

    :param settled_amount: 结算价; accepted_on: 竣工验收日; liability_ends_on: 到期日.
    :param received_on: day the request came in; verify_by, return_by: last days of verification (核实) and of payment.
    :param return_basis: what `return_by` rests on: the law, or the clause of the contract that sets a day.
    :param payable: 应退: closing_balance − reserved, never below zero.
    :param quality, cooperation: what the books know of the quality in the warranty period and of how the contractor
        co-operated, a sentence each; the opinions go out from it.
    :param disputed: what makes up `reserved`.
    :param opinions: those given so far, of departments of `DEPARTMENTS`; the others get room for ink.
    :raises NoticeError: also for a signature without an opinion (只签名无效).
    :raises ValueError: for an opinion of another department.
    """
    given = {opinion.department: opinion for opinion in opinions}
    is_late = return_by < head.issued_on  # a form drawn up too late says so, but asks nobody to pay in the past
    if strangers := given.keys() - dict(DEPARTMENTS).keys():
        raise ValueError(
            f"{head.number}: {'、'.join(sorted(strangers))} gives no opinion on a release; see DEPARTMENTS."
        )
    return Paper(
        **_from(head, "质保金退还审批表") | {"addressee": ""},
        facts=(
            ("施工单位", head.contractor),
            ("项目", head.project),
            ("合同号", head.contract_no),
            ("工程", head.work_title),
            ("结算价", f"{money(settled_amount)} 元"),
            ("竣工验收日", day_text(accepted_on)),
            ("到期日", day_text(liability_ends_on)),
            ("申请日", f"{day_text(requested_on)}（{request_no}）"),
            ("收到日", day_text(received_on)),
            ("核实期限", f"{day_text(verify_by)}（收到后{(verify_by - received_on).days}日）"),
            *((("返还期限", f"{day_text(return_by)}（开单时已过）"),) if is_late else ()),
        ),
        amount_label="应退金额",
        amount=payable,
        due_label="" if is_late else "返还期限",
        due_on=None if is_late else return_by,
        sections=(
            Section(
                accounts=(
                    Account(
                        (
                            Term("期末余额", "", closing_balance),
                            Term("冻结", "-", reserved, is_itemised=True),
                        ),
                        Term("应退金额", "", payable),
                    ),
                ),
                tables=(_disputes(disputed, reserved),) if disputed else (),
                remarks=(
                    *((f"质量情况：{quality}",) if quality else ()),
                    *((f"配合状况：{cooperation}",) if cooperation else ()),
                    f"返还期限依据：{return_basis}。冻结金额在争议查明后另行退还或扣款。",
                ),
            ),
        ),
        closing=(
            "各部门须写明书面意见，只签名无效。",
            f"请于{day_text(verify_by)}前（含当日）完成核实；逾期不答复，经施工单位催告后仍不答复的，依法视为认可其退还申请。",
        ),
        blocks=(),
        opinions=tuple(
            replace(given.get(department, Opinion(department)), asks=asks) for department, asks in DEPARTMENTS
        ),
        footer="内部审批用，不对外发送",
    )
