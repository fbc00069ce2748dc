"""Early cutoff: a compiled file that tells the same when it is made again keeps its time.

What loads F.vos is older or newer than F.vos: so a F.vos that is made again, and tells those who
load it what the F.vos before told, keeps the time of that one, and its dependents need not be made
again. The same holds for F.vio.

Coq refuses a file that was built on other bytes than those it now finds ("inconsistent
assumptions"), also where only source places differ: so the old bytes stay.
"""

import filecmp
from pathlib import Path

from makegen.base.files import Finish, write_whole
from makegen.coq import interface

VIO = ".vio"


def put_in_place(new: Path, product: Path) -> None:
    """Have what coqc has just made, elsewhere, be the product; one that tells the same stays.

    A .vio that stays has the new tasks.
    """
    if not _tells_the_same(new, product):
        new.replace(product)
    elif product.suffix == VIO:
        modified = product.stat().st_mtime_ns
        write_whole(product, interface.with_tasks_of(product, new), Finish(modified=modified))


def _tells_the_same(new: Path, product: Path) -> bool:
    if not product.is_file() or not product.stat().st_size or _vo_is_newer(product):
        return False
    is_same = filecmp.cmp(new, product, shallow=False)
    return is_same or interface.digest(new) == interface.digest(product)


def _vo_is_newer(product: Path) -> bool:
    """Whether coqc would load F.vo if the new F.vio were as old as the one before."""
    vo = product.with_suffix(".vo")
    is_vio = product.suffix == VIO
    return is_vio and vo.exists() and vo.stat().st_mtime_ns > product.stat().st_mtime_ns
