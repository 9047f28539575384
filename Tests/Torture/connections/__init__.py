"""Crowds of connections, and peers that are slow, stop or vanish (rows 12 … 14, 20, 35)."""
