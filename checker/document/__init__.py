"""Reading Coq without Coq: sentences, commands, statements, scopes, proofs, blocks."""
