"""What people write over a column, without what they vary."""

import re

#: what in brackets behind a heading is more than a unit
_CHANGES_THE_NUMBER = re.compile(
    r"\([^()]*(?:[%‰]|不含税|未税|除税|税前)[^()]*\)$|\([百千万亿]+元?\)$|\(年\)$|\(元?/(?:㎡|m2|平方米|平米|平)\)$"
)

BRACKETS = re.compile(r"\([^()]*\)$")

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x00A0: " ", 0xFEFF: ""}


def half_width(text: str) -> str:
    """Turn full-width letters, digits, signs and spaces into their ASCII twins."""
    return text.translate(_FULL_WIDTH)


def normalise(heading: str) -> str:
    """A heading without what people vary: width, case, spaces, line breaks, a star or colon at its end."""
    return re.sub(r"\s+", "", half_width(heading)).strip("*:").lower()


def spellings(heading: str) -> tuple[str, ...]:
    """The heading as written, and without a bracketed unit: 金额（元） is also 金额.

    What changes the number is not dropped: of 税率（%） 9 would be read as 900 %, 金额（万元） would be yuan,
    金额（不含税） would be taken for the amount with VAT, and 底价（元/㎡） for the price of the whole unit.
    """
    plain = normalise(heading)
    bare = plain if _CHANGES_THE_NUMBER.search(plain) else BRACKETS.sub("", plain)
    return (plain,) if bare in ("", plain) else (plain, bare)
