"""Threats to cut somebody off, which a notice must never make (Civil Code, article 944; BIL-16).

A payment notice has no need to speak of cutting anything, so the check leans to refusing: naming the cut is enough
(停水, 切断电源, 不予供电, 断其用水…). Let through are only

* a clause that denies it: 不会因欠费停水停电, 不得以停电方式催交;
* advice to the tenant himself: 节假日请关闭电源;
* news about works and supply, when the same sentence says nothing of debts: 停电检修通知请见公告栏. 届时 ("by then") is
  a word of deadlines, unless the sentence itself has announced works for a day or an hour and asks for no money:
  11月8日上午检修水管，届时暂停供水两小时.

Barring somebody's way (禁止进入, 停用门禁卡, 锁门) is a threat when the sentence speaks of debts or of what the house
will do to somebody: 禁止进入配电房 is a safety notice.
"""

import re
import unicodedata


def _any(words: str) -> str:
    """A group that matches any of the words; lookarounds keep 电 apart from 电话 and 停 from 停车."""
    return f"(?:{'|'.join(words.split())})"


SUPPLY = _any(
    "水电气 水电(?!费|表) 水源 电源 [水电气总][阀闸表路] (?:燃|煤|天然|暖|冷)气(?!费|表) 供?暖 热力 热水 空调 网络"
    " 自来水 水(?!平|费|表|准|单|电费|位|箱) 电(?!话|子|邮|脑|视|费|表|商|台|动|梯费) 气(?!象|候|温|氛|费|表|质|味)"
)
STOP = _any(
    "停(?!车|留|靠|放|机坪|泊|业) (?<![判诊推决果])断 掐 (?<![期权有上下无])限 拉(?=闸|电) 切断 中断 终止 暂停 停止"
    " 停供 减供 限供 限制 关停 关闭 切掉 封停 不再 不予 拒绝 取消"
)
GIVE = _any("提供 供应 供给 供 使用 输送 用")
WHOSE = _any(
    "掉 了 止 用 其 您的? 你的? 贵司 贵户 该户 该单元 该房 该铺 租户 业主 商户 房屋 单元 室内 全部 相关 部分 对 的 正常"
    " 公共 能源 一切"
)
CUTS = re.compile(
    rf"{STOP}{GIVE}?{WHOSE}{{0,4}}{GIVE}?{SUPPLY}|拉闸|掐电|断闸|剪线|[水电气暖热](?:将|会|要|一律|均)*被?(?:停掉|停供|切断|掐断|断供)"
    r"|(?:方|才|始)[可能]?以?恢复[供送通]?[水电气暖热]"
)
BAR = _any("禁止 不得 不准 不许 不让 限制 拒绝 谢绝 阻止 拒不")
WHOM = _any("其 您 贵司 贵户 租户 业主 商户 该户 相关 人员 员工 车辆 货物 的 及 和 再")
ENTER = _any("进入 入内 出入 进出 通行 放行 上楼 使用电梯")
LOCK = _any("停用 注销 取消 冻结 收回 关闭 锁定 禁用 停止 暂停")
CARD = _any("门禁 门卡 通行证 出入证 电梯卡 电梯权限 进出权限")
BARS = re.compile(
    rf"{BAR}{WHOM}{{0,5}}{ENTER}|{LOCK}(?:{WHOM}|使用|全部|所有){{0,4}}{CARD}"
    rf"|{CARD}卡?(?:将|会|要|一律|予以|被)*{LOCK}|(?:[缴交付结]清|[缴交付]费)[^,:]{{0,8}}(?:方|才|始)[可能]?以?{ENTER}"
    r"|锁门|封门|换锁|封锁|加锁|上锁|贴封条|停用?电?梯|停开电梯"
)
DENY = _any("不会 不因 不得(?!不) 不以 不采取 绝不 决不 从不 严禁 禁止 无权 不能以 不应 不可以?")
DENIES = re.compile(rf"(?<![得能]){DENY}.{{0,16}}$")
ADVISES = re.compile(_any("请 记得 务必") + _any("您 各 租户 业主 商户 及时 注意 自行 随手 务必 先 随时") + "{0,4}$")
WORKS = re.compile(
    _any(
        "检修 维修 维护 抢修 施工 改造 清洗 消毒 故障 市政 电网 台风 暴雨 演练 公告 如遇 遇到?停 应急 突发 恢复供"
        " 计划性?停 (?:供电|供水|燃气|热力|自来水|电力)(?:局|公司|部门|企业|集团)"
    )
)
DEBTS = re.compile(
    _any(
        "逾期 欠 未[按缴交付清] [不拒][缴交付] 拖 滞纳 催 违约 [缴交付结]清 [缴交付]费 [缴交付]款 到账 否则 费用 账款"
        " 逾时 过期 超期 期满"
    )
)
BY_THEN = "届时"
#: a day or an hour of works, which no deadline is: "10月31日前" and "10月31日止" are
WHEN = re.compile(
    r"(?:\d[日号时点]|\d:\d\d|[今明后]日|[今明后]天|周[一二三四五六日末]|星期|[上下中]午|凌晨|夜间|晚间)(?![^,:]{0,2}(?:前|止|未))"
)
ASKS = re.compile(_any("缴 付 款 费 账 租金 [上应补提未]交 交[清纳租] 办理 手续 结[清算] 到期 期限 截止 催 不配合"))
POWER = re.compile(_any("将 有权 保留 我司 本公司 我公司 物业 采取 贵 租户 业主 商户 您"))
HARMLESS_BAR = re.compile(_any("退租 遗失 补办 挂失 离职 施工 检修 消防 安全 配电 机房 宠物 危险"))


def threats_in(text: str) -> list[str]:
    """Find wordings that threaten to cut water, power, gas, heat or access.

    :param text: sentences worded by people; blanks, quotes and full-width forms inside a word do not hide it.
    :return: each wording found, in order, as normalised text; empty when there is nothing to refuse.
    """
    plain = re.sub(r"[\s\"'“”‘’「」『』《》〈〉·•*_~\-—–.|/\\]+", "", unicodedata.normalize("NFKC", text))
    found = []
    for sentence in re.split(r"[。!?;\n]", plain):
        speaks_of_debts = bool(DEBTS.search(sentence)) or _sets_a_deadline(sentence)
        about_works = bool(WORKS.search(sentence)) and not speaks_of_debts
        for clause in re.split(r"[,:]", sentence):
            if not about_works:
                found += [cut[0] for cut in CUTS.finditer(clause) if not _is_harmless(clause[: cut.start()])]
            if speaks_of_debts or (POWER.search(sentence) and not HARMLESS_BAR.search(sentence)):
                found += [bar[0] for bar in BARS.finditer(clause) if not _is_harmless(clause[: bar.start()])]
    return found


def _sets_a_deadline(sentence: str) -> bool:
    """Whether 届时 points to anything but the day or hour of works that the sentence announced before it."""
    before, by_then, _ = sentence.partition(BY_THEN)
    if not by_then:
        return False
    return not (WHEN.search(before) and WORKS.search(before)) or bool(ASKS.search(sentence))


def _is_harmless(before: str) -> bool:
    """Whether the words before a cut deny it or are advice."""
    return bool(DENIES.search(before) or ADVISES.search(before))
