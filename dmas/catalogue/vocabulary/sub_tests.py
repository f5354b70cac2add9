"""Body parts and sub-tests: what within one of the fifteen tests is asked for and given."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dmas.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class SubTest:
    """One part of a test; `code` is the test's code and the part's, such as `MRI:head`."""

    code: str
    test: str
    name: str


_PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "MRI": (
        ("head", "Head"),
        ("spine", "Spine"),
        ("joints", "Joints and limbs"),
        ("abdomen", "Abdomen and pelvis"),
        ("bile_ducts", "Bile ducts (MRCP)"),
        ("prostate", "Prostate"),
        ("heart", "Heart"),
        ("breast", "Breast"),
        ("vessels", "Blood vessels"),
    ),
    "CT": (
        ("head", "Head and neck"),
        ("chest", "Chest"),
        ("abdomen", "Abdomen and pelvis"),
        ("colon", "Colon (CT colonography)"),
        ("heart", "Heart vessels"),
        ("vessels", "Other blood vessels"),
        ("bones", "Spine and bones"),
    ),
    "NON_OBSTETRIC_ULTRASOUND": (
        ("abdomen", "Abdomen"),
        ("pelvis", "Pelvis"),
        ("neck", "Neck and thyroid"),
        ("scrotum", "Scrotum"),
        ("joints", "Joints and soft tissue"),
        ("vessels", "Blood vessels (Doppler)"),
        ("breast", "Breast"),
    ),
    "DEXA_SCAN": (("hip_spine", "Hip and spine"), ("whole_body", "Whole body")),
    "AUDIOLOGY_ASSESSMENTS": (
        ("hearing", "Hearing"),
        ("tinnitus", "Tinnitus"),
        ("balance", "Balance"),
    ),
    "ECHOCARDIOGRAPHY": (
        ("transthoracic", "Transthoracic"),
        ("stress", "Stress"),
        ("transoesophageal", "Transoesophageal"),
        ("bubble", "Bubble contrast"),
    ),
    "PERIPHERAL_NEUROPHYS": (("nerves", "Nerve conduction"), ("muscles", "Electromyography (EMG)")),
    "SLEEP_STUDIES": (
        ("oximetry", "Overnight oximetry"),
        ("polygraphy", "Cardiorespiratory polygraphy"),
        ("polysomnography", "Full polysomnography"),
    ),
    "URODYNAMICS": (("standard", "Standard"), ("video", "Video")),
    "CYSTOSCOPY": (("flexible", "Flexible"), ("rigid", "Rigid")),
}

SUB_TESTS: MappingProxyType[str, SubTest] = MappingProxyType(
    {
        f"{test}:{part}": SubTest(f"{test}:{part}", test, name)
        for test, parts in _PARTS.items()
        for part, name in parts
    }
)


def sub_tests_of(test: str) -> tuple[SubTest, ...]:
    """Return the parts of one test in the catalogue's order; none where the test has none."""
    return tuple(one for one in SUB_TESTS.values() if one.test == test)


def sub_test(code: str) -> SubTest:
    """Return the part with this code; raise InvalidInput where there is none."""
    found = SUB_TESTS.get(code)
    if found is None:
        raise InvalidInput(f"{code[:40]!r} is not a part of a test. Choose from the list.", field="parts")
    return found
