"""Build files -> verdicts: the parallel checker that works proof by proof."""
