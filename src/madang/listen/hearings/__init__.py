"""Public hearings, for residents who want to be heard and officials who want to hear.

Events in: BallotCounted (the hearing is decided), CommitmentMade and CommitmentProgressed (what
became of a sentence). Events out: everything in `events.py`, from HearingOpened to HearingAnswered.
"""
