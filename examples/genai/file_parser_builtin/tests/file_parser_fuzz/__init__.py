"""Damage, made by the thousand: mutants of the corpus, and texts that grow.

A mutant is made of nothing but a seed and a number, so that a line of output is enough to make it again.
"""
