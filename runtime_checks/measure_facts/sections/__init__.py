"""What is measured: one module for each section of a table, under the section's name."""

from typing import Callable, Dict

from ..json_types import JSON
from .activations import measure_activations
from .arguments import measure_arguments
from .compile import measure_compile
from .encodings import measure_encodings
from .functions import measure_functions
from .logs import measure_logs
from .loss_scaling import measure_loss_scaling
from .losses import measure_losses
from .members import measure_members
from .metrics import measure_metrics
from .penalties import measure_penalties
from .replicas import measure_replicas
from .resets import measure_resets
from .strings import measure_strings
from .training import measure_training

SECTIONS: Dict[str, Callable[[], JSON]] = {
    "functions": measure_functions,
    "losses": measure_losses,
    "metrics": measure_metrics,
    "compile": measure_compile,
    "encodings": measure_encodings,
    "activations": measure_activations,
    "strings": measure_strings,
    "logs": measure_logs,
    "loss_scaling": measure_loss_scaling,
    "penalties": measure_penalties,
    "replicas": measure_replicas,
    "resets": measure_resets,
    "members": measure_members,
    "arguments": measure_arguments,
    "training": measure_training,
}
