"""What may leave: would a file or a table tell something about one person, and what would mend it?

A library of its own: records in, measures and suggestions out; tables in, hidden cells out.
"""
