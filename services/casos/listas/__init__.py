"""The lists of casos: what narrows them, how they are sorted, read page by page, kept as views and
taken along as files. One piece for cases, derivations, tasks and applications.
"""
