"""The processes: a coqc that is fed and copied, what its end means, the memory that all use."""
