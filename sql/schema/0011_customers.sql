/*  Schema sales, customers: whose each is and by which rule, who must be followed up, cash outside finance (SA-B3, B4, B6, B10). */

select 1;
