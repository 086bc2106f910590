"""What proves a consent: the ledger, receipts, and proofs."""
