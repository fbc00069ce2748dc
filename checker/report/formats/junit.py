"""A run as JUnit XML, which CI systems show: a test suite a file, a test case a proof."""

from xml.etree import ElementTree as Xml

from checker.report.blocks import error_block
from checker.report.formats.overview import FileRow, Overview, ProofRow
from checker.report.results import FileResult, ProofResult, Verdict

ITSELF = "(the file itself)"  # the case of what is no proof


def junit(overview: Overview) -> bytes:
    """The document, as Jenkins' schema junit-10.xsd has it."""
    root = Xml.Element("testsuites", name=_clean(overview.project), time=_seconds(overview.seconds))
    for file in overview.files:
        root.append(_suite(file, overview))
    Xml.indent(root)
    return bytes(Xml.tostring(root, "utf-8", xml_declaration=True))


def _suite(file: FileRow, overview: Overview) -> Xml.Element:
    cases = [_case(file.result.file, row.name, row.result, row) for row in file.proofs]
    cases.append(_case(file.result.file, ITSELF, file.result, None))
    kinds = [child.tag for case in cases for child in case]
    suite = Xml.Element(
        "testsuite",
        name=_clean(file.result.file),
        tests=str(len(cases)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time=_seconds(file.seconds),
        timestamp=overview.date.isoformat(timespec="seconds").removesuffix("+00:00"),
    )
    suite.extend(cases)
    return suite


def _case(
    file: str, name: str, result: ProofResult | FileResult, row: ProofRow | None
) -> Xml.Element:
    case = Xml.Element(
        "testcase",
        name=_clean(name),
        classname=_clean(file.removesuffix(".v").replace("/", ".")),
        time=_seconds(0.0 if row and row.known else result.seconds),
    )
    match result.verdict:
        case Verdict.WRONG | Verdict.TIMEOUT if result.messages or row:
            _tell(case, "failure", result)
        case _ if row and row.refused:
            _tell(case, "failure", result)
        case Verdict.LOST:
            _tell(case, "error", result)
        case Verdict.SKIPPED:
            Xml.SubElement(case, "skipped", message="not tried")
        case _:  # where proofs alone are wrong, the file itself is not
            pass
    return case


def _tell(case: Xml.Element, tag: str, result: ProofResult | FileResult) -> None:
    words = result.messages[0].text.splitlines() if result.messages else []
    first = words[0] if words else result.verdict.value
    told = Xml.SubElement(case, tag, message=_clean(first), type=result.verdict.value)
    told.text = _clean(error_block(result))


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _clean(text: str) -> str:
    """Without what XML has no way to write: control characters, halves of surrogate pairs."""
    return "".join(c if _is_character(ord(c)) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_character(code: int) -> bool:
    return (
        code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF
    )
