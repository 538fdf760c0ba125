"""The command `madang`: the whole system from a shell, in Korean or English.

Exit codes: 0 done; 1 a fault of ours; 2 something in the call or its input is wrong, said in one
sentence; 3 the city is in a state that does not allow it.
"""

from madang.site.cli.main import main

__all__ = ["main"]
