"""What runs inside the user's TensorFlow process.

Installed as ``tfloss_lint.runtime_checks``. Nothing in here imports LibCST or another part of ``tfloss_lint``, and all
of it runs on Python 3.8, because it loads in the interpreter of the program under test.
"""
