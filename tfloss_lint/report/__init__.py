"""How findings are shown: one module per output format, each with a function ``lines`` or ``document``."""
