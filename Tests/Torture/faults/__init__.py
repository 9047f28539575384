"""Disks, clocks, signals and owners that are not as they should be (rows 5, 7, 16, 18, 19, 23, 30, 31, 36, 37)."""
