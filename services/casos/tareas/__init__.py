"""Tasks of a case: what somebody does until a day, with a clock that reminds them."""
