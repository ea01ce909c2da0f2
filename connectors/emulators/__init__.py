"""Outside systems played on this machine: WhatsApp with its phones, Paystack, Yoco.

They check what is sent to them as strictly as the real ones do, and sign what they send. For development and tests:
they keep everything in memory, and anybody who reaches them may be any customer.
"""
