"""What runs inside the user's TensorFlow process.

``audit_step`` and ``LossAudit`` compare a model's own ``train_step`` with the loss that it was compiled with.
``relations`` and ``reference`` are what they measure with.

Installed as ``tfloss_lint.runtime_checks``. Nothing in here imports LibCST or another part of ``tfloss_lint``, and all
of it runs on Python 3.8, because it loads in the interpreter of the program under test. TensorFlow is imported when
something is measured, not before.
"""

from __future__ import annotations

from .audit import audit_step
from .loss_audit import LossAudit, LossAuditError, LossAuditWarning
from .report import AuditFinding, AuditReport

__all__ = [
    "AuditFinding",
    "AuditReport",
    "LossAudit",
    "LossAuditError",
    "LossAuditWarning",
    "audit_step",
]
