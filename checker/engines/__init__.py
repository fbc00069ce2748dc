"""Ways to get verdicts: whole files, .vio tasks, or one coqc that is forked at its proofs."""
