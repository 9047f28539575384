"""One honest client beside questions that cost much (row 34)."""
