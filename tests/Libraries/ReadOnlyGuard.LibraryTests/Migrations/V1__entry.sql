insert into public.ledger values (${writer}, ${number});
