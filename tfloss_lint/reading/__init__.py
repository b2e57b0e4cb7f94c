"""Reading training code: the abstract interpreter that turns a file into a typed ``Program``."""
