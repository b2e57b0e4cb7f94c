"""All facts of the installed stack, section by section."""

import sys
from typing import Any

from .json_types import JSON
from .sections import SECTIONS


def measure() -> JSON:
    """All facts of the installed stack."""
    import tensorflow as tf

    _divide_processor(tf)
    package = sys.modules[tf.keras.losses.Loss.__module__.partition(".")[0]]
    version = f"{package.__name__} {package.__version__}"
    return {"measured_on": version, **{name: section() for name, section in SECTIONS.items()}}


def _divide_processor(tf: Any) -> None:
    """Let the processor count as two devices, for two replicas, unless TensorFlow has done so already."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    if tf.config.get_logical_device_configuration(cpu) is None:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
