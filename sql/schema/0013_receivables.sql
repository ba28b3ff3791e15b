/*  Schema sales, receivables: what is due, what was paid on it, how old the rest is (SA-B7, SAL-11, SAL-14, SAL-15). */

select 1;
