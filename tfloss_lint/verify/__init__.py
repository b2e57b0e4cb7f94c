"""``tfloss-lint --verify``: runs the user's program and has its findings measured there.

``instrument`` rewrites the text of the program in memory, ``child`` runs it in the user's interpreter under
``runtime_checks.probe``, ``session`` goes from findings to findings with verdicts.
"""
