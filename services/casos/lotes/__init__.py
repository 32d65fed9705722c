"""The same step on several cases: what it would do to each is seen before it is done, each by the
single action and in its own transaction, and what was done is not done twice.
"""
