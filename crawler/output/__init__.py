"""From what the ledger knows to files in the output folder: safe names, safe text, whole files."""
