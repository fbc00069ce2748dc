"""Small projects with an OCaml plugin, which every Coq can build."""

from tests.helpers import Coq

PLUGIN = {
    "src/words.ml": 'let word = "hello"\n',
    "src/greeting.mli": "(** Greets. *)\nval greet : unit -> unit\n",
    "src/greeting.ml": "let greet () = Feedback.msg_notice (Pp.str Words.word)\n",
    "src/hello.mlg": 'DECLARE PLUGIN "hello.plugin"\n'
    "VERNAC COMMAND EXTEND Hello CLASSIFIED AS QUERY\n"
    '| [ "Hello" ] -> { Greeting.greet () }\nEND\n',
    "theories/Loader.v": 'Declare ML Module "hello.plugin".\nHello.\n',
    "theories/Use.v": "From Hello Require Import Loader.\nHello.\n",
}
PLUGIN_FILES = "src/hello.mlg src/greeting.ml src/greeting.mli src/words.ml theories/Use.v\n"
META = """package "plugin" (
  directory = "."
  requires = "CORE.plugins.ltac"
  archive(byte) = "hello_plugin.cma"
  archive(native) = "hello_plugin.cmxa"
  plugin(byte) = "hello_plugin.cma"
  plugin(native) = "hello_plugin.cmxs"
)
directory = "."
"""
PACKED = {
    **PLUGIN,
    "_CoqProject": "-I src\n-Q src Hello\n-Q theories Hello\nsrc/META.hello\n"
    f"src/hello_plugin.mlpack theories/Loader.v\n{PLUGIN_FILES}",
    "src/hello_plugin.mlpack": "Words\nGreeting\nHello\n",
    "src/META.hello": META,
}
ARCHIVED = {
    **PLUGIN,
    "_CoqProject": "-I src\n-R src Hello\n-R theories Hello\n-generate-meta-for-package hello\n"
    f"src/hello_plugin.mllib theories/Loader.v\n{PLUGIN_FILES}",
    "src/hello_plugin.mllib": "Words\nGreeting\nHello\n",
}
# An interface without implementation, a package of OCaml, and flags from the local file
TYPED = {
    "_CoqProject": "-I src\n-R src Hello\n-R theories Hello\n-generate-meta-for-package hello\n"
    "src/types.mli src/greeting.mli src/greeting.ml src/hello.mlg src/hello_plugin.mllib\n"
    "theories/Loader.v theories/Use.v\n",
    "Makefile.local": "CAMLPKGS += -package zarith\nCAMLFLAGS += -w -27\n",
    "src/types.mli": "type word = Word of string\n",
    "src/greeting.mli": PLUGIN["src/greeting.mli"],
    "src/greeting.ml": "open Types\nlet word = Word (Z.to_string (Z.of_int 3))\n"
    "let greet () = match word with Word text -> Feedback.msg_notice (Pp.str text)\n",
    "src/hello.mlg": PLUGIN["src/hello.mlg"],
    "src/hello_plugin.mllib": "Greeting\nHello\n",
    "theories/Loader.v": PLUGIN["theories/Loader.v"],
    "theories/Use.v": PLUGIN["theories/Use.v"],
}


def for_coq(coq: Coq, files: dict[str, str]) -> dict[str, str]:
    """The files of a project, with the name that this Coq's own OCaml package has for CORE."""
    core = "coq-core" if coq.name.startswith("8.") else "rocq-runtime"
    return {name: text.replace("CORE", core) for name, text in files.items()}


def ocaml_here(coq: Coq) -> tuple[str, ...]:
    """Variables for make: the absolute path that a Coq of the matrix names is in its own root."""
    return () if coq.name == "8.16" else ("OCAMLFIND=ocamlfind",)
