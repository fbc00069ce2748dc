"""proof-checker using: finds and writes `Proof using`."""
