"""The head of a source: its first sentences, as far as they load what is there already.

They can be executed before what else the source loads is there.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath

from checker.document.normal_form import normal
from checker.document.sentences import BOM, split_from

_NAME = rb"[A-Za-z_][\w']*(?:\.[A-Za-z_][\w']*)*"
_REQUIRE = re.compile(
    rb"(?:From " + _NAME + rb" )?Require (?:(?:Import|Export) )?"
    rb"(?P<names>" + _NAME + rb"(?: " + _NAME + rb")*) ?\."
)


def head(text: bytes, missing: Iterable[str]) -> bytes:
    """What `text` begins with, up to after the blank that follows the last such sentence.

    `missing`: the sources of what is not there. A sentence that is not of the plainest form ends
    the head.

    >>> head(b"From Coq Require Import List.\\nRequire Import th.A.\\n", ["th/A.v"])
    b'From Coq Require Import List.\\n'
    """
    last_words = {PurePath(file).stem.encode() for file in missing}
    end = 0
    if text.startswith(BOM):
        return b""
    for sentence in split_from(text, 0):
        found = _REQUIRE.fullmatch(normal(text[sentence.start : sentence.end]))
        names = found["names"].split() if found else []
        if not names or any(name.rpartition(b".")[2] in last_words for name in names):
            break
        end = sentence.end + 1
    return text[:end]
