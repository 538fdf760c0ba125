"""How far a break-in reaches: what falls from one system on, how likely, and the cheapest cuts.

Pure: a network in, numbers out. Rules, source and limits: docs/algorithms/reach.md.
"""
