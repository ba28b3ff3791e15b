/*  Schema sales, books: what moved in a period, counted once; late facts; the measures (SA-B2, SAL cases). */

select 1;
