"""What is charged to which deposit, and what becomes of the rest."""

import pytest

from tests.drawing import Books
from tests.rules.repairs.conftest import balances, charged, contract, order, post, reckon, settle, standing


def test_a_confirmed_repair_is_deducted_from_its_contracts_deposit(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1200")
    settle(house)
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00")}
    assert balances(house) == {"HT1": ("58800.00", "0.00")}
