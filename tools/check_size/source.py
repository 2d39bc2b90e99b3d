"""A small lexer for Rust: finds functions without compiling, and ignores comments, literals and test modules."""

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
    | (?P<block>/\*)
    | (?P<raw>\b(?:br|cr|r)(?P<hashes>\#*)")
    | (?P<string>\b[bc]?"|")
    | (?P<char>\bb?'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])'|'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'\n])')
    """,
    re.X | re.S,
)
FUNCTION = re.compile(r"\bfn\s+(r#)?(?P<name>\w+)\s*(?=[<(])")
CONTROL = re.compile(r"\b(?:if|else|match|for|while|loop)\b")
PATTERN = re.compile(r"\blet\b[^=]*$")
TEST_MODULE = re.compile(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+\w+\s*(?=\{)")
PAIRS = {"(": ")", "[": "]", "{": "}"}


def blank(text: str) -> str:
    """Replaces everything but line breaks with spaces."""
    return re.sub(r"[^\n]", " ", text)


def block_comment_end(text: str, start: int) -> int:
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return start + mark.end()
    return len(text)


def code_of(text: str) -> str:
    """The source with comments and the contents of literals blanked. Offsets and lines stay the same."""
    parts, position = [], 0
    while found := TOKEN.search(text, position):
        parts.append(text[position : found.start()])
        if found["block"]:
            end = block_comment_end(text, found.start())
        elif found["raw"]:
            close = text.find('"' + found["hashes"], found.end())
            end = len(text) if close < 0 else close + 1 + len(found["hashes"])
        elif found["string"]:
            close = re.compile(r'(?:[^"\\]|\\.)*"', re.S).match(text, found.end())
            end = close.end() if close else len(text)
        else:
            end = found.end()
        parts.append(blank(text[found.start() : end]))
        position = end
    return "".join([*parts, text[position:]])


def closing(code: str, start: int) -> int:
    """The offset after the bracket that closes the one at `start`."""
    open_, close = code[start], PAIRS[code[start]]
    depth = 0
    for mark in re.finditer(f"[{re.escape(open_ + close)}]", code[start:]):
        depth += 1 if mark[0] == open_ else -1
        if depth == 0:
            return start + mark.end()
    return len(code)


def without_tests(code: str) -> str:
    """The code without its inline test modules, which are removed with their lines."""
    while found := TEST_MODULE.search(code):
        code = code[: found.start()] + code[closing(code, found.end()) :]
    return code


def after_generics(code: str, start: int) -> int:
    """The offset of the parameters' parenthesis: `start`, or after the generics there."""
    if code[start] != "<":
        return start
    depth = 0
    for mark in re.finditer(r"->|=>|[<>]", code[start:]):
        depth += {"<": 1, ">": -1}.get(mark[0], 0)
        if depth == 0:
            return code.index("(", start + mark.end())
    return start


def parameters(text: str) -> int:
    """The number of parameters in the text between the parentheses."""
    depth, count, current = 0, 0, ""
    for token in re.findall(r"->|=>|.", text, re.S):
        if token in "([{<" and len(token) == 1:
            depth += 1
        elif token in ")]}>" and len(token) == 1:
            depth -= 1
        if token == "," and depth == 0:
            count, current = count + (current.strip() != ""), ""
        else:
            current += token
    return count + (current.strip() != "")


def nesting(body: str) -> int:
    """The depth of nested control flow. Closures, match arms, struct literals and patterns do not count."""
    deepest = depth = 0
    segment, open_ = "", []
    for token in re.findall(r"=>|[{};,]|[^{};,=]+|=", body):
        if token == "{":
            is_pattern = PATTERN.search(segment) is not None
            is_control = CONTROL.search(segment) is not None and not is_pattern
            open_.append((is_control, segment + "{}" if is_pattern else ""))
            depth += is_control
            deepest = max(deepest, depth)
            segment = ""
        elif token == "}" and open_:
            was_control, segment = open_.pop()
            depth -= was_control
        elif token in (";", "=>", ","):
            segment = ""
        else:
            segment += token
    return deepest


def functions(code: str) -> Iterator[tuple[str, int, int, int]]:
    """Yields name, lines, parameters and nesting of each function. Lines count from `fn` to the closing brace."""
    for found in FUNCTION.finditer(code):
        start = after_generics(code, found.end())
        if code[start] != "(":
            continue
        end = closing(code, start)
        count = parameters(code[start + 1 : end - 1])
        # Skips `;` in array types of the result.
        position = end
        while position < len(code) and code[position] not in "{;":
            position = closing(code, position) if code[position] in "([" else position + 1
        if position >= len(code) or code[position] == ";":
            yield found["name"], 1, count, 0
            continue
        stop = closing(code, position)
        yield found["name"], code.count("\n", found.start(), stop) + 1, count, nesting(code[position + 1 : stop - 1])
