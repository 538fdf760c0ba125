"""What people may ask of the city about their own data, answered from one place.

See, correct, move, erase, object; consents and their receipts; and who of the city looked. Blocks
hang what they hold about somebody in here (`tells`), so that a later block is answered for as well.
Each request and each look is an event, sealed in the journal.
"""
