"""Early cutoff: a compiled file that tells the same when it is made again keeps its time.

What loads F.vos is older or newer than F.vos: so a F.vos that is made again, and tells those who
load it what the F.vos before told, is given the time of that one back, and its dependents need
not be made again. That F.vos is up to date nevertheless says a hidden stamp, `.F.vos.made`. The
same holds for F.vio.

Coq refuses a file that was built on other bytes than those it now finds ("inconsistent
assumptions"), also where only source places differ: then the old bytes stay.

While coqc works, the old file is `F.vos.kept`. Where that is found later, the work was cut off, and
F.vos itself is not to be trusted. A generated Makefile does all this in its own words.
"""

import contextlib
import filecmp
from collections.abc import Iterator
from pathlib import Path

from makegen.base.files import Finish, write_whole
from makegen.coq import interface

VIO = ".vio"


def stamp(product: Path) -> Path:
    """The file whose time says when the product was found to be up to date.

    >>> stamp(Path("sub/C.vos")).name
    '.C.vos.made'
    """
    return product.with_name(f".{product.name}.made")


def kept(product: Path) -> Path:
    """Where the old product is while a new one is made."""
    return product.with_name(f"{product.name}.kept")


def time_made(product: Path) -> int:
    """When the product was last made or found the same, in nanoseconds.

    Raises FileNotFoundError where there is none, or none that can be trusted.
    """
    made = product.stat().st_mtime_ns
    if kept(product).exists():
        raise FileNotFoundError(f"{product} was not finished")
    with contextlib.suppress(FileNotFoundError):
        made = max(made, stamp(product).stat().st_mtime_ns)
    return made


def _vo_is_newer(product: Path, old: Path) -> bool:
    """Whether coqc would load F.vo if the new F.vio were as old as the one before."""
    vo = product.with_suffix(".vo")
    is_vio = product.suffix == VIO
    return is_vio and vo.exists() and vo.stat().st_mtime_ns > old.stat().st_mtime_ns


def _partial(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


class Remaking:
    """One product that is made again; `is_good` is to be set when that went well."""

    is_good = False


@contextlib.contextmanager
def remaking(product: Path) -> Iterator[Remaking]:
    """Makes way for a new product; after it, puts back of the old one what dependents look at.

    Where no good one was made, the old one stands there again, as old as it was.
    """
    old = kept(product)
    stamp(product).unlink(missing_ok=True)
    begun = _partial(stamp(product))
    begun.touch()
    if not old.exists() and product.exists():
        product.replace(old)
    remade = Remaking()
    try:
        yield remade
    finally:
        if remade.is_good:
            keep(product)
            old.unlink(missing_ok=True)
            begun.replace(stamp(product))
        else:
            begun.unlink(missing_ok=True)
            product.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                old.replace(product)


def keep(product: Path) -> bool:
    """Whether the product tells the same as the kept one; if so, it is as old as that one.

    A .vio has the new tasks then; of any other product the old bytes stay.
    """
    old = kept(product)
    try:
        if not old.stat().st_size or _vo_is_newer(product, old):
            return False
        is_same = filecmp.cmp(old, product, shallow=False)
        if not is_same and interface.digest(old) != interface.digest(product):
            return False
        if not is_same and product.suffix == VIO:
            times = old.stat()
            write_whole(
                product, interface.with_tasks_of(old, product), Finish(modified=times.st_mtime_ns)
            )
        else:
            old.replace(product)
    except FileNotFoundError:
        return False
    return True
