"""Fault drills: real processes and servers are killed under load, and the books are checked afterwards."""
