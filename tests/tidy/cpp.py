"""Just enough C++ to judge a file that clang-format has laid out: code without comments and literals, and
where functions begin and end. No preprocessor and no types: rules built on this look at names and braces."""

import dataclasses
import re

_LITERALS = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<delimiter>[^(\s"]*)\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'
    """,
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_SCOPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:export\s+|inline\s+|typedef\s+)*"
                    r"(?:namespace|class|struct|union|enum|extern)\b", re.DOTALL)
_NAME = re.compile(r"((?:\w+::)*(?:operator\s*(?:\(\)|[^\s\w(]+|\s\w+)|~?\w+))\s*\(")
_VARIABLE = re.compile(r"[^()]*=")
_MEMBER_INITIALISER = re.compile(r"\)\s*(?:noexcept\s*)?(?:requires\b.*)?:[^:].*[\w>]$", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    first_line: int
    lines: int


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_of(text):
    """The text with comments and literals turned to blanks; lines and columns stay."""
    return _LITERALS.sub(_blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def _is_variable(head):
    """True if an = stands before any parenthesis, default template arguments and operators' names apart."""
    plain = re.sub(r"operator\s*[^\s\w(]+", "operator", head)
    while (less := re.sub(r"<[^<>]*>", "", plain)) != plain:
        plain = less
    return bool(_VARIABLE.match(plain))


def _kind(head, enclosing, parentheses):
    """What the brace behind `head` opens: a scope, a function, or something within one or the other."""
    if enclosing not in (None, "scope"):
        return "block"
    if parentheses > 0 or _MEMBER_INITIALISER.search(head):
        return "part of the head"
    if _SCOPE.match(head):
        return "scope"
    return "function" if _NAME.search(head) and not _is_variable(head) else "block"


def functions(text):
    """The functions with a body at namespace or class scope; lambdas and local classes count as part of the
    function around them. A function's length runs from its first line, template head included, to its closing
    brace."""
    code = _DIRECTIVE.sub(_blank, code_of(text))
    found = []
    stack = []  # of (kind, head, where the head starts, open parentheses around the brace)
    head_start = 0
    parentheses = 0
    for match in re.finditer(r"[{}();]|\b(?:public|private|protected)\s*:", code):
        token, at = match.group(), match.start()
        if token == "(":
            parentheses += 1
        elif token == ")":
            parentheses -= 1
        elif token == "{":
            head = code[head_start:at].strip()
            stack.append((_kind(head, stack[-1][0] if stack else None, parentheses), head, head_start, parentheses))
            head_start = at + 1
            parentheses = 0
        elif token == "}" and stack:
            kind, head, head_start, parentheses = stack.pop()
            if kind == "function":
                first = line_of(code, code.index(head, head_start))
                found.append(Function(_NAME.search(head).group(1), first, line_of(code, at) - first + 1))
            if kind != "part of the head":
                head_start = at + 1
        elif token not in "{}" and parentheses == 0:
            head_start = match.end()
    return found
