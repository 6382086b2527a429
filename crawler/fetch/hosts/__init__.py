"""How hosts are treated: one request at a time, pauses that are kept, and rest where they fail."""
