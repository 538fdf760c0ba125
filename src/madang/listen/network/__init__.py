"""The city network, for the officials who keep its systems apart: what a break-in would reach.

Events in: none. Events out: NetworkRegistered.
"""
