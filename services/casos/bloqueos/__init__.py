"""Blocking somebody's data: kept and not used, until whoever answers for rights lets them go."""
