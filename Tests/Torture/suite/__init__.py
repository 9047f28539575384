"""Rows that tests of the Swift suite measure: run by filter, their printed figures collected."""
