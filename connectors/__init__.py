"""Outside systems, one folder each with the same file names: `client.py webhook.py payloads.py errors.py`.

`emulators/` plays those systems on one machine. Adapters know the business and never each other.
"""
