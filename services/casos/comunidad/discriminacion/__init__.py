"""Reports of discrimination: what happened to whom, where, what was done, and by which route.

By somebody with a record, or by nobody who is named. What happened is read by who works on cases:
of a person as they are reached, and once there is a case, as the case is.
"""
