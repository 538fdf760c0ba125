"""Backups: base backups and every piece of the database's log, closed with age as they are written,
and the way back from them to a moment. The city holds the public key alone.
"""
