"""The two things that pyproject.toml cannot say; everything else is there."""

from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext


class SharedLibrary(build_ext):
    """Builds the shim: a library that coqc loads, not Python, so its name tells no Python."""

    def get_ext_filename(self, fullname: str) -> str:
        return f"{fullname.replace('.', '/')}.so"


class PlatformWheel(bdist_wheel):
    """One wheel serves every Python 3 on a platform."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


(SHIM,) = Path("checker").rglob("shim.c")

setup(
    # The templates stand at the top of the tree and are installed inside makegen.
    packages=[
        *find_packages(include=["makegen", "makegen.*", "checker", "checker.*"]),
        "makegen.templates",
    ],
    package_dir={"makegen.templates": "templates"},
    ext_modules=[
        Extension(
            ".".join([*SHIM.parent.parts, "_shim"]),
            sources=[str(SHIM)],
            extra_compile_args=["-std=gnu11", "-O2", "-Wall", "-Wextra"],
            libraries=["dl"],
            optional=True,  # without a C compiler there is no snapshot engine
        )
    ],
    cmdclass={"build_ext": SharedLibrary, "bdist_wheel": PlatformWheel},
)
