/*  Where the bare statement puts its answer: the same columns, key and checks as the product's table. */
create schema bench;
create table bench.tally (like sales.tally including all);
