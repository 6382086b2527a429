"""From item files to what is due: items are read into the ledger, visits get their verdict."""
