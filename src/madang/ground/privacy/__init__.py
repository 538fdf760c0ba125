"""Pseudonyms by keyed hash, one key outside the database, a different one for each purpose."""
