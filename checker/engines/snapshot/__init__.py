"""The snapshot engine: coqc itself reads a file sentence by sentence and is forked at its proofs.

docs/snapshot-engine.md tells how it works. From below upwards: `protocol` (what driver and shim
say), `process` (one coqc process), `script` (a source as the steps that it is fed in), `costs`,
`judge` (what the end of a process means), `files` (what is known of a file), `split` (who takes
which proofs), `worker`, `driver` (the event loop), `engine` (what the command line calls).
"""
