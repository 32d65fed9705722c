"""Who may know of a case beyond whose work it is: its confidentiality, the people named in it, and
break-glass, which is reading a reserved case without being named, for a reason and a short time.
"""
