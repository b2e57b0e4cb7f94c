"""Executing a whole file: the module first, then whatever nothing in the file called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading import instances
from tfloss_lint.reading.bound_methods import bound
from tfloss_lint.reading.events import FunctionResult
from tfloss_lint.reading.interpreter import Interpreter
from tfloss_lint.reading.library import models
from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.values import UNKNOWN, Class, Function, Object, Role, Tensor, Value

if TYPE_CHECKING:
    from tfloss_lint.project import Project
    from tfloss_lint.units import ImportStatement

ROLE_OF_NAME: dict[str, Role] = {
    **dict.fromkeys(("y_true", "y", "label", "labels", "target", "targets", "y_batch", "batch_y"), Role.LABEL),
    **dict.fromkeys(
        ("y_pred", "y_hat", "yhat", "pred", "preds", "predicted", "prediction", "predictions", "logits"),
        Role.PREDICTION,
    ),
    **dict.fromkeys(("sample_weight", "sample_weights"), Role.WEIGHT),
    **dict.fromkeys(("x", "inputs", "images", "image", "features", "x_batch", "batch_x"), Role.FEATURES),
}
"""What the parameters of a function that nothing in the file calls are, by the field's habits of naming."""


def read(
    modules: Iterable[cst.Module], project: Project | None = None, imports: Iterable[ImportStatement] = ()
) -> Interpreter:
    """Execute the chosen top-level statements of a file and everything that they define.

    ``imports`` come before the modules. With a project, they bring in its other modules, and those that import the
    file are executed too.
    """
    interpreter = Interpreter()
    if project is not None:
        project.attach(interpreter)
    for statement in imports:
        interpreter.bring(statement, interpreter.module)
    for module in modules:
        interpreter.run(module)
    if project is not None:
        _execute_users(interpreter, project)
    functions = classes = 0
    # Executing one may define further ones.
    while functions < len(interpreter.functions) or classes < len(interpreter.classes):
        if functions < len(interpreter.functions):
            function = interpreter.functions[functions]
            functions += 1
            if function.node not in interpreter.executed and function.owner is None:
                _execute_alone(interpreter, function)
        else:
            _execute_class(interpreter, interpreter.classes[classes])
            classes += 1
    interpreter.events[:0] = interpreter.events_elsewhere
    return interpreter


def _execute_users(interpreter: Interpreter, project: Project) -> None:
    """Execute what imports the file.

    Its functions are executed alone afterwards, as if nothing called them: a caller that says little of its arguments
    is no reason to forget what the names of parameters say.
    """
    called = frozenset(interpreter.executed)
    interpreter.work_elsewhere = 0
    with interpreter.elsewhere():
        for function in project.run_users():
            if function.node not in interpreter.executed:
                _call_blindly(interpreter, function)
    functions = {function.node for function in interpreter.functions if function.scope is interpreter.module}
    interpreter.executed -= functions - called
    interpreter.work_elsewhere = 0


def _execute_class(interpreter: Interpreter, cls: Class) -> None:
    waiting = [method for method in _methods(cls) if method[0].node not in interpreter.executed]
    if not waiting:
        return
    receiver = _instance(interpreter, cls)
    call = Call(interpreter, cls.node, interpreter.module, [], {}, {})
    for method, kind in waiting:
        if method.node in interpreter.executed:
            continue
        if method.name in models.STEPS and models.is_user_model(cls):
            models.run_step(call, receiver, method.name, Tensor(None, frozenset(), "step data"), reached=False)
        elif kind == "staticmethod":
            _execute_alone(interpreter, method)
        else:
            _execute_alone(interpreter, bound(method, cls if kind == "classmethod" else receiver))


def _methods(cls: Class) -> Iterator[tuple[Function, str]]:
    """The functions among the members of a class, and how the class hands them out."""
    for member in cls.members.values():
        if isinstance(member, Function):
            yield member, "method"
        elif isinstance(member, Object) and member.args and isinstance(member.args[0], Function):
            yield member.args[0], member.kind


def _instance(interpreter: Interpreter, cls: Class) -> Object:
    """The instance that the file makes, or one made with arguments that the file does not show."""
    made = [value for value in interpreter.objects if value.cls is cls]
    compiled = [value for value in made if "compiled with" in value.attrs]
    if made:
        return (compiled or made)[-1]
    receiver = Object(cls.library or "", cls, node=cls.node)
    interpreter.objects.append(receiver)
    initializer = cls.member("__init__")
    if isinstance(initializer, Function):
        _call_blindly(interpreter, bound(initializer, receiver))
    instances.build(interpreter, receiver)
    return receiver


def _execute_alone(interpreter: Interpreter, function: Function) -> None:
    """Execute a function for arguments that the file does not show."""
    results = _call_blindly(interpreter, function)
    if isinstance(function.node, cst.FunctionDef):
        for value, node in results:
            interpreter.mark(node)
            interpreter.record(
                FunctionResult(
                    node,
                    None,
                    0,
                    function.node,
                    name=function.name,
                    owner=None if function.owner is None else function.owner.name,
                    value=value,
                )
            )


def _call_blindly(interpreter: Interpreter, function: Function) -> list[tuple[Value, cst.CSTNode]]:
    params = function.node.params
    names = [param.name.value for param in (*params.posonly_params, *params.params)]
    if function.bound is not None:
        names = names[1:]
    keyword_only = {param.name.value: parameter(param.name.value) for param in params.kwonly_params}
    return interpreter.returns_of(function, [parameter(name) for name in names], keyword_only)


def parameter(name: str) -> Value:
    """The value of a parameter that nothing in the file gives a value to."""
    role = ROLE_OF_NAME.get(name)
    return UNKNOWN if role is None else Tensor(None, frozenset({role}), "input")
