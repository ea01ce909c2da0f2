"""WhatsApp Cloud API: signed webhooks in, Graph API calls out, and a channel for Rasa's own server.

In: `webhook` checks `signature`, `payloads` reads the body, `commerce.inbox.intake` stores it before 200 is answered.
Out: `sender` takes rows of the outbox, `outbound` writes them for Meta, `client` calls, `errors` says what to do next.
"""
