"""Mail that comes back: which message it was, why it did not arrive, and what that means for its
address.
"""
