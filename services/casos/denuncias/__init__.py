"""Reports to the justice that the law demands: that one is due, its clock, and who received it.

What is due is the clock `denuncia` of the case; while it runs, nobody suspends, closes or annuls
the case.
"""
