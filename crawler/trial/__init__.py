"""What would be extracted from one page, and pages that are kept to see that it stays so."""
