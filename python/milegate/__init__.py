"""The Milegate program; `python -m milegate` runs it. There is no Python interface."""
