"""The ledger: what is known of proofs, under which keys, and how a run adds to it."""
