"""Web archives: how to ask one for a page that is gone, and what its answers mean."""
