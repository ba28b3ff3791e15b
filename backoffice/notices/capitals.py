"""Amounts in capitals (人民币大写), which nobody can alter with one stroke.

Written here because no library carries out the whole rule: the best kept one, cn2an 0.5, calls 100,001,000 元
壹亿壹仟元整, which reads as 110 million, and closes an amount that ends in 角 by nothing.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
WITHIN = ("仟", "佰", "拾", "")
SECTIONS = ("亿", "万", "")
LARGEST = Decimal("999999999999.99")


class CapitalsError(ValueError):
    """An amount that has no form in capitals: no whole number of cents, negative, or too large."""


def in_capitals(amount: Decimal) -> str:
    """Write an amount in capitals, as the People's Bank's rules for filling in bills ask (BIL-24).

    Zeros between digits are written as one 零; zeros before 万 and 元 are not. 整 closes every amount that has no 分,
    also after 角, where it is optional: nothing can be added behind it. 0.00 is 人民币零元整; an amount below one yuan
    starts with its first digit (捌角贰分).

    :param amount: yuan, from 0.00 to 999,999,999,999.99, a whole number of cents.
    :raises CapitalsError: for anything else; money owed the other way is a sentence, not a negative number.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise CapitalsError(f"大写金额须为十进制数，不接受{amount!r}")
    if amount < 0:
        raise CapitalsError(f"负数没有大写金额：{amount}")
    if amount > LARGEST:
        raise CapitalsError(f"金额过大，无法大写：{amount}")
    if amount != round(amount, 2):
        raise CapitalsError(f"大写金额只到分：{amount}")
    yuan, cents = divmod(int(amount * 100), 100)
    dimes, cents = divmod(cents, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if dimes:
        text += f"{DIGITS[dimes]}角"
    if cents:
        gap = "零" if yuan and not dimes else ""
        return f"人民币{text}{gap}{DIGITS[cents]}分"
    return f"人民币{text or '零元'}整"


def _whole(yuan: int) -> str:
    """Whole yuan in sections of four digits. Zeros that end a section are silent, if the next has its thousands."""
    text, gap = "", False
    for digits, section in zip((yuan // 10**8, yuan // 10**4 % 10**4, yuan % 10**4), SECTIONS, strict=True):
        if digits == 0:
            gap = bool(text)
            continue
        for digit, unit in zip(f"{digits:04}", WITHIN, strict=True):
            if digit == "0":
                gap = bool(text)
            else:
                text += ("零" if gap else "") + DIGITS[int(digit)] + unit
                gap = False
        text, gap = text + section, False
    return text
