"""What came in and has still to be done: one row an event, one effect an event."""
