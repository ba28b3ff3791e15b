/*  Where the bare script puts its answer: the columns that a notice shows, and the keys of the product's tables.  */
create table bench.bill_line (
    contract_no text not null,
    line_no integer not null,
    charge_kind text not null,
    item text not null,
    starts_on date not null,
    ends_on date not null,
    quantity numeric(14, 2),
    unit_price numeric(14, 6),
    amount numeric(14, 2),
    vat_rate numeric(5, 4) not null,
    net_amount numeric(14, 2),
    vat_amount numeric(14, 2),
    payee_id text not null,
    mark text not null,
    primary key (contract_no, line_no)
);

create table bench.bill_arrear (
    contract_no text not null,
    base_month date not null,
    charge_kind text not null,
    due_on date not null,
    amount numeric(14, 2) not null,
    open_amount numeric(14, 2) not null,
    primary key (contract_no, base_month, charge_kind)
);

create table bench.bill_late_fee (
    contract_no text not null,
    base_month date not null,
    charge_kind text not null,
    counts_from date not null,
    counts_to date not null,
    principal numeric(14, 2) not null,
    amount numeric(14, 2) not null,
    primary key (contract_no, base_month, charge_kind, counts_from)
);

create table bench.bill (
    contract_no text primary key,
    unit_no text not null,
    tenant_name text not null,
    area numeric(10, 2) not null,
    status text not null,
    opening_amount numeric(14, 2) not null,
    charge_amount numeric(14, 2) not null,
    late_fee_amount numeric(14, 2) not null,
    credit_brought numeric(14, 2) not null,
    credit_applied numeric(14, 2) not null,
    payable_amount numeric(14, 2) not null,
    due_on date not null
);
