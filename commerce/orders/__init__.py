"""Orders: what was agreed, and its way to the customer."""
