"""What coqc's arguments say of the flags of a document."""

from checker.document.document import Settings


def test_a_project_without_arguments_has_no_flags() -> None:
    assert Settings.of_arguments(()).flags == frozenset()
    assert Settings.of_arguments(("-w",)).flags == frozenset()


def test_flags_are_set_and_unset_in_order() -> None:
    arguments = ("-set", "Universe Polymorphism", "-set", "A=1", "-unset", "Universe Polymorphism")
    assert Settings.of_arguments(arguments).flags == {"A"}
