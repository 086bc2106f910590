"""What proves a consent: records, receipts, the ledger and its checkpoints, and the pack of all of them."""
