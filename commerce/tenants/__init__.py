"""Tenants, their WhatsApp numbers and their shops: hours, delivery zones, members."""
