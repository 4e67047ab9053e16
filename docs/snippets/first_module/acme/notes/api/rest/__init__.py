"""HTTP in, calls of the contract out."""
