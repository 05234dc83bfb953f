"""The ledger: accounts, pay periods and transfers; a transfer debits one account and credits one account."""
