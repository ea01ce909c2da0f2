"""WhatsApp played on this machine: Meta's Graph API on one side, phones that anybody can pick up on the other.

`graph` takes what the business sends, `shapes` checks it, `delivery` brings signed webhooks, `phones` and `world` keep
the phones and their chats, `simulator` is what the page in `static/` talks to.
"""
