"""Whatever a file holds: a right answer, or one clear message. For hours: tests.benchmarks.faults."""
