"""The people who write to us: identity, addresses, consent."""
