"""Random expressions of Terraform without any variable, for comparison with what Terraform says they are."""

from __future__ import annotations

import random

_LITERAL_PARTS = ["a", " b ", "  ", "-", "$", "%", "$$", "$${", "%%{", "\\n", '\\"', "é", "/*", "#", "}", "{", "~"]
_CONSTANTS = {
    "text": ['"x"', '"a b"', "1", '"é"'],
    "number": [*"0123456789"],
    "truth": ["true", "false"],
    "list": ["[]", '["a", "b"]', "[1, 2, 3]", 'toset(["b", "a"])'],
    "object": ["{}", "{a=1}", '{ a : "x", b = [1] }'],
}
_KINDS = [*_CONSTANTS]


class ExpressionWriter:
    """Writes expressions of a kind (text, number, truth, list, object) that are at most `depth` levels deep."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose

    def expression(self, depth: int, kind: str) -> str:
        choose = self.choose
        if depth <= 0:
            return choose.choice(_CONSTANTS[kind])
        form = choose.random()
        if form < 0.15:
            return f"({choose.choice(['', ' ', '/* c */'])}{self.expression(depth - 1, kind)})"
        if form < 0.27:
            condition, first, second = (self.expression(depth - 1, each) for each in ("truth", kind, kind))
            return f"{condition} ? {first} : {second}"
        return getattr(self, kind)(depth - 1)

    def any(self, depth: int) -> str:
        return self.expression(depth, self.choose.choice(_KINDS))

    def text(self, depth: int) -> str:
        texts, lists = self.expression(depth, "text"), self.expression(depth, "list")
        forms = [f'join("-", {lists})', f"upper({texts})", f"{{ k = {texts} }}.k", f'{{ k = {texts} }}["k"]']
        return self.choose.choice([self.quoted(depth), self.quoted(depth), self.heredoc(depth), *forms])

    def quoted(self, depth: int) -> str:
        choose, parts = self.choose, []
        for _ in range(choose.randint(0, 4)):
            first, last = choose.choice(["", " ", "~", "~ "]), choose.choice(["", " ", "~", " ~"])
            expression = f"${{{first}{self.expression(depth, 'text')}{last}}}"
            ends = f"{choose.choice(['x', ' y ', ' '])}%{{{choose.choice(['', '~'])} endif }}"
            directive = f"%{{ if {self.expression(depth, 'truth')} {choose.choice(['', '~'])}}}{ends}"
            parts.append(choose.choice([choose.choice(_LITERAL_PARTS), expression, directive]))
        return f'"{"".join(parts)}"'

    def heredoc(self, depth: int) -> str:
        choose, lines = self.choose, ""
        for _ in range(choose.randint(0, 4)):
            expression = f"${{{choose.choice(['', '~'])}{self.expression(depth, 'text')}{choose.choice(['', '~'])}}} t"
            rest = choose.choice(["a", "b c  ", "", "$${x}", "%{ if true ~}%{ endif ~}", "EX", '"q" \\n', expression])
            lines += f"{choose.choice(['', '  ', '    ', chr(9)])}{rest}{choose.choice(['', ' '])}\n"
        return f"({choose.choice(['<<E', '<<-E'])}\n{lines}{choose.choice(['', '  '])}E\n)"

    def number(self, depth: int) -> str:
        first, second = self.expression(depth, "number"), self.expression(depth, "number")
        operation = f"{first} {self.choose.choice('+-*/%')} {second}"
        return self.choose.choice([operation, f"-(1 + {first})", f"length({self.expression(depth, 'list')})"])

    def truth(self, depth: int) -> str:
        numbers = self.choose.choice([" < ", ">", "<=", " >= ", " == ", "!="]).join(
            self.expression(depth, "number") for _ in range(2)
        )
        truths = self.choose.choice([" && ", "||"]).join(self.expression(depth, "truth") for _ in range(2))
        return self.choose.choice([numbers, truths, f"!{self.expression(0, 'truth')}"])

    def list(self, depth: int) -> str:
        choose = self.choose
        items = ", ".join(self.any(depth) for _ in range(choose.randint(0, 3)))
        value, condition = (
            choose.choice(["x", '"${x}-"', "[x]", "{k=x}"]),
            choose.choice(["", " if true", ' if x != "a"']),
        )
        lists, text = self.expression(depth, "list"), self.expression(depth, "text")
        forms = [
            f"[{items}]",
            f"[for x in {lists} : {value}{condition}]",
            f"[for k, v in {self.expression(depth, 'object')} : {choose.choice(['k', 'v'])}]",
            f"concat({lists}, {self.expression(depth, 'list')})",
            f"[{{k={text}}}, {{k=2}}]{choose.choice(['[*]', '.*'])}.k",
            f"[[{text}],[1, 2]]{choose.choice(['[*][0]', '.*[0]', '.*.0', '[*][*]'])}",
        ]
        return choose.choice(forms)

    def object(self, depth: int) -> str:
        choose = self.choose
        names = choose.sample(["a", '"b"', '(true ? "c" : "d")', '"${"e"}"', "for1", "null"], choose.randint(0, 4))
        pairs = choose.choice([", ", "\n"]).join(f"{name} {choose.choice('=:')} {self.any(depth)}" for name in names)
        key, value = choose.choice(["x", '"${x}"']), choose.choice(["x", "x...", "1..."])
        forms = [
            f"{{{choose.choice([' ', chr(10)])}{pairs}}}",
            f"{{for x in {self.expression(depth, 'list')} : {key} => {value}}}",
            f"merge({self.expression(depth, 'object')}, {self.expression(depth, 'object')})",
        ]
        return choose.choice(forms)
