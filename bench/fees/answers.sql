/*  Where the bare script puts its answer: tables of the same columns and indexes as the product's.  */
create table bench.bill_line (like fees.bill_line including all);
create table bench.bill_arrear (like fees.bill_arrear including all);
create table bench.bill_late_fee (like fees.bill_late_fee including all);
create table bench.bill (like fees.bill including all);
