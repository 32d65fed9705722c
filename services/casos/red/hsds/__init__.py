"""The directory as others read and write it: Human Services Data Specification 3.0 (Open Referral).

What leaves is what anybody may know: no confidential place, no contact that is not public, no
address to which links are sent. What comes in never says what an institution may receive.
"""
