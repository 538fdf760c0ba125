"""A log that can only grow, and lets anyone check that it did.

A Merkle tree over entries (`merkle`), kept as tiles (`tiles`), from which anyone makes and checks
proofs (`proofs`), and the signed head of the tree (`note`, `checkpoint`). Formats and hashes are
those of RFC 9162 and of C2SP's tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature and
tlog-proof, so that programs which we did not write can check a log of ours. No keys are held and
no clock is read: signing and verifying are functions passed in.
"""
