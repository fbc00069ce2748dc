"""Random texts that coqc accepts, to compare what we read in them with what it says."""

import random

_BLANKS = [" ", "\n", "\r\n", "\t", "  "]
_COMMENTS = [
    *("(* c *)", "(* a. b *)", "(* (* n *) . *)", '(* "*)" *)', "(**)", '(* " (* " *)', "(*. *)"),
    *("(***)", "(* é *)", "(* - { *)"),
]
_TERMS = [
    *(
        "nat",
        "Nat.add",
        "a.b.c",
        "1",
        "1.5",
        "1e3",
        "x.(f)",
        "x.(@f y)",
        "(1 + 2)",
        "(x , y)",
        "?x",
    ),
    *('"x. y"', '"a "" b. "', '"(* x"', '""', '"""a"""', '"\\"', '"é. "', "α", "α'.β", "_x", "@f"),
    *("{| a := 1 |}", "(let x := 1 in x)", "{x : nat | x = 1}", "{ x & y }", "(fun x => x)"),
]
_BULLETS = ["-", "+", "*", "--", "++", "**", "---", "+++", "***"]
_CONTROLS = ["", "", "", "Time ", "Time Time ", "Timeout 100 ", "(* c *)"]


def comments(rnd: random.Random, count: int) -> str:
    """Sentences of the command `Comments`, which takes terms, numbers and strings as they come."""
    text = ""
    for _ in range(count):
        text += "Comments"
        for _ in range(rnd.randrange(1, 6)):
            text += rnd.choice(_BLANKS)
            if rnd.random() < 0.3:
                text += rnd.choice(_COMMENTS) + rnd.choice(["", " "])
            text += rnd.choice(_TERMS)
        text += rnd.choice(["", " "]) + "." + _blank(rnd)
    return text


def proofs(rnd: random.Random, count: int) -> str:
    """Proofs of random conjunctions, structured by bullets, braces and selectors at random."""
    text = ""
    for number in range(count):
        tree = _tree(rnd, 4)
        text += f"Lemma l{number} : {_statement(tree)}.{_blank(rnd)}"
        text += rnd.choice(["", "Proof.", "Time Proof."]) + _blank(rnd)
        text += _proof(rnd, tree, _BULLETS) + rnd.choice(["Qed.", "Defined."]) + _blank(rnd)
    return text


Tree = tuple["Tree", "Tree"] | None


def _tree(rnd: random.Random, depth: int) -> Tree:
    if depth == 0 or rnd.random() < 0.2:
        return None
    return _tree(rnd, depth - 1), _tree(rnd, depth - 1)


def _statement(tree: Tree) -> str:
    return "True" if tree is None else f"({_statement(tree[0])} /\\ {_statement(tree[1])})"


def _proof(rnd: random.Random, tree: Tree, bullets: list[str]) -> str:
    if tree is None:
        tactics = ["exact I.", "all: exact I.", "1: exact I.", "idtac; [ exact I .. ]."]
        return rnd.choice(tactics) + _blank(rnd)
    one, other = tree
    split = rnd.choice(["split.", "1:split.", "all : split.", "split; [ | ]."]) + _blank(rnd)
    if bullets and rnd.random() < 0.5:
        bullet = rnd.choice(bullets)
        rest = [each for each in bullets if each != bullet]
        goals = [bullet + _gap(rnd) + _proof(rnd, each, rest) for each in (one, other)]
    elif rnd.random() < 0.5:
        goals = [
            _braces(rnd, rnd.choice(["", "1:", "1 : (* s *) "]), each) for each in (one, other)
        ]
    else:
        goals = [_braces(rnd, "2:", other), _braces(rnd, "", one)]
    return split + _gap(rnd).join(goals)


def _braces(rnd: random.Random, selector: str, tree: Tree) -> str:
    """In a brace all bullets are free again."""
    opening = rnd.choice(_CONTROLS) + selector + "{" + _gap(rnd)
    return opening + _proof(rnd, tree, _BULLETS) + "}" + _gap(rnd)


def _gap(rnd: random.Random) -> str:
    return rnd.choice(["", "", *_BLANKS, "(* x. - { *) "])


def _blank(rnd: random.Random) -> str:
    return rnd.choice(_BLANKS) + rnd.choice(["", "(* . *)", " "])
