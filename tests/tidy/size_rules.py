"""Files and functions that fit into a reader's head."""

import ast

from cpp import functions
from tree import Finding

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70
_CODE = (".h", ".cc", ".py", ".java", ".cmake", "CMakeLists.txt", ".sh")
_FOLDERS = ("src", "protocol", "tests", "compat-tests", "scripts", "docker")


def _is_script(path, text):
    return path.endswith(_CODE) or text.startswith("#!")


def check_files(tree):
    for path, text in tree.under(*_FOLDERS, suffixes=("",)):
        lines = text.count("\n")
        if _is_script(path, text) and lines > MAX_FILE_LINES:
            yield Finding("file-lines", path, 1, f"{lines} lines, more than {MAX_FILE_LINES}: two ideas?", lines)


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def _functions(path, text):
    if path.endswith((".h", ".cc")):
        for function in functions(text):
            yield function.name, function.first_line, function.lines
    elif path.endswith(".py") or text.startswith("#!/usr/bin/env python3"):
        yield from _python_functions(text)


def check_functions(tree):
    for path, text in tree.under(*_FOLDERS, suffixes=("",)):
        for name, line, lines in _functions(path, text):
            if lines > MAX_FUNCTION_LINES:
                yield Finding("function-lines", f"{path}::{name}", line,
                              f"{name} has {lines} lines, more than {MAX_FUNCTION_LINES}", lines)
