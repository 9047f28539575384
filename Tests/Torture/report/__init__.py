"""The table as text, as JSON, and in a page."""
