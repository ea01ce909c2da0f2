"""A merchant's drafts: a shop or an item, put together question by question inside WhatsApp."""
