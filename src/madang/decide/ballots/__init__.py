"""Ballots under a budget: residents choose projects, and anyone can count their choice again.

For residents who vote, officials who draw up the ballot, and everyone who wants to know why a
project won or lost. Events in: BallotClosed (our own: the count follows), CommitmentMade and
CommitmentProgressed (what became of a winner). Events out: everything in `events.py`, from
BallotOpened to BallotCounted.
"""
