"""TAB in a shell: what bash is told, in a bash; the other shells' scripts are argcomplete's own."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import GOOD, Coq, write_files

pytestmark = pytest.mark.once

# What readline does at TAB, with the function that our script has declared
TAB = r"""
eval "$($1 --print-completion bash)"
function=$(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/')
COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
read -ra COMP_WORDS <<< "$2"
[[ $2 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("proof-checker che", "check"),
        ("proof-checker -C theories led", "ledger"),
        ("proof-checker check --rec", "--recheck"),
        ("proof-checker check --engine v", "vio vok"),
        ("proof-checker check --quiet theories/", "theories/A.v theories/sub/"),
        ("proof-checker check -C ", "theories/"),
        ("proof-checker check -j ", ""),
        ("proof-checker check -f _C", "_CoqProject"),
        ("proof-makefile -so", "-sources-of"),
        ("proof-makefile -Q th", "theories/"),
        ("proof-workmgr --st", "--status --stop"),
    ],
)
def test_bash_completes(coq: Coq, tmp_path: Path, line: str, words: str) -> None:
    files = {"_CoqProject": "", ".hidden/A.v": "", "theories/notes.txt": ""}
    write_files(tmp_path, {**files, "theories/A.v": GOOD, "theories/sub/B.v": GOOD})
    bash = ("bash", "--norc", "-c", TAB, "bash", line.split(maxsplit=1)[0], line)
    done = coq.run(*bash, cwd=tmp_path)
    assert (sorted(done.stdout.split()), done.stderr) == (words.split(), "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_one_for_it(coq: Coq, tmp_path: Path, shell: str) -> None:
    done = coq.run("proof-checker", "--print-completion", shell, cwd=tmp_path)
    assert (done.returncode, "proof-checker" in done.stdout) == (0, True)
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)
