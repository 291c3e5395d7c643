"""The nouns of triage: frozen values, closed lists, and what the ports return and raise.

Standard library only, no behaviour beyond what a value says of itself; every other folder may import this one.
"""
