"""The rules: one file each, named after the mistake it finds.

Installed as ``tfloss_lint.rules``; the engine discovers every module of this package by itself.
"""
