"""Count ballots under a budget, exactly, and prove and explain the result.

Read an election (`pabulib`, or `election` for one built from a database), choose a rule (`rule`),
count it (`count`), and turn the count into a certificate (`certificate`), explanations (`explain`)
or one JSON structure (`report`). Integers and fractions decide; a float only ever filters.
"""
