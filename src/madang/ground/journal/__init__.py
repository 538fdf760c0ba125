"""What the city did, in a log that can only grow and that outsiders check with their own tools.

Every recorded event becomes an entry of a Merkle log in C2SP's tlog-tiles format: with its facts,
or sealed where they speak of a person. Takes the outbox in; gives files and signed heads out.
"""
