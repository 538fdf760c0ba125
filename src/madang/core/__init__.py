"""Cores: pure computations. Numpy and the standard library in, plain values out.

Usable as a library tonight; they know no city, no clock and no database.
"""
