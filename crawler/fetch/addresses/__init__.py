"""The guard that keeps requests from addresses that are not of the public internet (SSRF)."""
