"""Who lives and eats together: the household as the Registro Social de Hogares defines it."""
