"""What the assistant does: one class a thing, each tracker → one call into the business → reply."""
