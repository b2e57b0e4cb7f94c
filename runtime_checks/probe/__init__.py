"""What ``--verify`` runs beside the user's program, in the user's own process.

``run_program`` is the script that the child process starts with. ``probe`` is what the rewritten program calls.
``measures`` has one module for each relation that a claim can name, and ``sites`` has them work until all is settled.
``keras_hooks`` watches and shortens what Keras does. ``channel`` carries the results back.
"""
