"""Measure what the losses, metrics and ``fit`` of the installed Keras do, for the tables of ``tfloss_lint.facts``.

In the folder ``runtime_checks``::

    python -m measure_facts measure > tf_keras.json          run by an interpreter that has TensorFlow
    python -m measure_facts merge NEWEST.json [OLDER.json]   needs nothing but Python

``measure`` tries everything on a few numbers and says in words what came out. ``merge`` joins the measurements of one
Keras generation, the newest first, into a table: what an older release does otherwise stands under ``exceptions``.
Everything is named as ``tfloss_lint.names`` names it.

``sections`` has one module for each section of a table, and ``measurement`` goes through them. Beside it is what they
measure with (``operands``, ``metric_kinds``, ``models``, ``steps``), what several of them ask (``ranks``,
``from_logits``, ``mean_of``), and their tools (``public_api``, ``metric_calls``, ``attempts``, ``closeness``,
``tensors``).

The package is loaded by interpreters in which the project is not installed, so it knows its modules by place alone.
It runs on Python 3.8, and imports TensorFlow when something is measured, not before.
"""
