"""How long what is kept: the shape of a personal field's declaration, the keys that make a field
unreadable once they are destroyed, and the ledger of what was erased. No tables of its own."""
