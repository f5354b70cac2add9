"""The fifteen diagnostic tests of the monthly DM01 return, a closed list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dmas.core.errors import InvalidInput


class TestGroup(StrEnum):
    """The three groups the tests are published in."""

    __test__ = False  # pytest: the noun is the NHS's

    IMAGING = "imaging"
    PHYSIOLOGICAL = "physiological"
    ENDOSCOPY = "endoscopy"

    @property
    def label(self) -> str:
        """Return the group as it is published."""
        return GROUP_LABELS[self]


GROUP_LABELS = {
    TestGroup.IMAGING: "Imaging",
    TestGroup.PHYSIOLOGICAL: "Physiological measurement",
    TestGroup.ENDOSCOPY: "Endoscopy",
}


@dataclass(frozen=True, slots=True)
class DiagnosticTest:
    """One test: its published code, short name and group; `order` is its place in the return."""

    code: str
    name: str
    group: TestGroup
    order: int


_IMAGING, _PHYSIOLOGICAL, _ENDOSCOPY = TestGroup.IMAGING, TestGroup.PHYSIOLOGICAL, TestGroup.ENDOSCOPY

DIAGNOSTIC_TESTS: MappingProxyType[str, DiagnosticTest] = MappingProxyType(
    {
        code: DiagnosticTest(code, name, group, order)
        for order, (code, name, group) in enumerate(
            (
                ("MRI", "MRI scan", _IMAGING),
                ("CT", "CT scan", _IMAGING),
                ("NON_OBSTETRIC_ULTRASOUND", "Ultrasound (not pregnancy)", _IMAGING),
                ("BARIUM_ENEMA", "Barium enema", _IMAGING),
                ("DEXA_SCAN", "DEXA (bone density) scan", _IMAGING),
                ("AUDIOLOGY_ASSESSMENTS", "Audiology assessment", _PHYSIOLOGICAL),
                ("ECHOCARDIOGRAPHY", "Echocardiography", _PHYSIOLOGICAL),
                ("ELECTROPHYSIOLOGY", "Cardiac electrophysiology", _PHYSIOLOGICAL),
                ("PERIPHERAL_NEUROPHYS", "Peripheral neurophysiology", _PHYSIOLOGICAL),
                ("SLEEP_STUDIES", "Sleep study", _PHYSIOLOGICAL),
                ("URODYNAMICS", "Urodynamics", _PHYSIOLOGICAL),
                ("COLONOSCOPY", "Colonoscopy", _ENDOSCOPY),
                ("FLEXI_SIGMOIDOSCOPY", "Flexible sigmoidoscopy", _ENDOSCOPY),
                ("CYSTOSCOPY", "Cystoscopy", _ENDOSCOPY),
                ("GASTROSCOPY", "Gastroscopy", _ENDOSCOPY),
            ),
            start=1,
        )
    }
)


def diagnostic_test(code: str) -> DiagnosticTest:
    """Return the test with this code; raise InvalidInput where there is none."""
    test = DIAGNOSTIC_TESTS.get(code.strip().upper())
    if test is None:
        raise InvalidInput(
            f"{code[:30]!r} is not one of the 15 diagnostic tests. Choose a test from the list.",
            field="service",
        )
    return test
