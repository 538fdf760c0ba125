"""The city's plan: vision, goals, projects, and the commitments that ballots and advice make.

For everyone who wants to know what became of a decision, and for the officials who carry it out.
Events in: BallotCounted (each winner becomes a commitment). Events out: CommitmentMade,
CommitmentProgressed.
"""
