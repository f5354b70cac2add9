"""Treatment functions: the national codes for a service, adult or child, and where each is published.

Names and codes as in the NHS data dictionary since April 2021. Eighteen functions are published alone;
which of the five "other" rows takes each of the rest is not in a published table that we hold, so it
follows the code's clinical group and stands in this one list to be corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dmas.core.errors import InvalidInput


class AgeGroup(StrEnum):
    """Whom a treatment function is for; an adult function starts at 18."""

    ADULT = "adult"
    CHILD = "child"


ADULT_FROM_AGE = 18


@dataclass(frozen=True, slots=True)
class TreatmentFunction:
    """One service by its national code; `parent` is the function whose sub-specialty it is."""

    code: str
    name: str
    ages: AgeGroup
    published_code: str
    parent: str | None = None

    @property
    def label(self) -> str:
        """Return the name with its code, as shown in lists."""
        return f"{self.name} ({self.code})"

    @property
    def family(self) -> str:
        """Return the code at the head of its family: the parent's, or its own."""
        return self.parent or self.code


@dataclass(frozen=True, slots=True)
class PublishedFunction:
    """One row of the published referral-to-treatment figures."""

    code: str
    name: str


PUBLISHED_FUNCTIONS: MappingProxyType[str, PublishedFunction] = MappingProxyType(
    {
        code: PublishedFunction(code, name)
        for code, name in (
            ("C_100", "General surgery"),
            ("C_101", "Urology"),
            ("C_110", "Trauma and orthopaedics"),
            ("C_120", "Ear, nose and throat"),
            ("C_130", "Ophthalmology"),
            ("C_140", "Oral surgery"),
            ("C_150", "Neurosurgery"),
            ("C_160", "Plastic surgery"),
            ("C_170", "Cardiothoracic surgery"),
            ("C_300", "General internal medicine"),
            ("C_301", "Gastroenterology"),
            ("C_320", "Cardiology"),
            ("C_330", "Dermatology"),
            ("C_340", "Respiratory medicine"),
            ("C_400", "Neurology"),
            ("C_410", "Rheumatology"),
            ("C_430", "Elderly medicine"),
            ("C_502", "Gynaecology"),
            ("X02", "Other medical services"),
            ("X03", "Other mental health services"),
            ("X04", "Other paediatric services"),
            ("X05", "Other surgical services"),
            ("X06", "Other services"),
        )
    }
)
PUBLISHED_TOTAL = "C_999"


def _adult(code: str, name: str, published: str, parent: str | None = None) -> TreatmentFunction:
    return TreatmentFunction(code, name, AgeGroup.ADULT, published, parent)


def _child(code: str, name: str, published: str) -> TreatmentFunction:
    return TreatmentFunction(code, name, AgeGroup.CHILD, published)


_ALL = (
    _adult("100", "General surgery", "C_100"),
    _adult("101", "Urology", "C_101"),
    _adult("102", "Transplant surgery", "X05"),
    _adult("103", "Breast surgery", "X05", "100"),
    _adult("104", "Colorectal surgery", "X05", "100"),
    _adult("105", "Hepatobiliary and pancreatic surgery", "X05", "100"),
    _adult("106", "Upper gastrointestinal surgery", "X05", "100"),
    _adult("107", "Vascular surgery", "X05", "100"),
    _adult("108", "Spinal surgery", "X05", "110"),
    _adult("109", "Bariatric surgery", "X05", "100"),
    _adult("110", "Trauma and orthopaedics", "C_110"),
    _adult("111", "Orthopaedics", "X05", "110"),
    _adult("113", "Endocrine surgery", "X05", "100"),
    _adult("115", "Trauma surgery", "X05", "110"),
    _adult("120", "Ear, nose and throat", "C_120"),
    _adult("130", "Ophthalmology", "C_130"),
    _adult("140", "Oral surgery", "C_140"),
    _adult("141", "Restorative dentistry", "X05"),
    _child("142", "Paediatric dentistry", "X04"),
    _adult("143", "Orthodontics", "X05"),
    _adult("144", "Maxillofacial surgery", "X05", "140"),
    _adult("145", "Oral and maxillofacial surgery", "X05", "140"),
    _adult("150", "Neurosurgery", "C_150"),
    _adult("160", "Plastic surgery", "C_160"),
    _adult("161", "Burns care", "X05", "160"),
    _adult("170", "Cardiothoracic surgery", "C_170"),
    _child("171", "Paediatric surgery", "X04"),
    _adult("172", "Cardiac surgery", "X05", "170"),
    _adult("173", "Thoracic surgery", "X05", "170"),
    _adult("174", "Cardiothoracic transplantation", "X05"),
    _adult("180", "Emergency medicine", "X05"),
    _adult("190", "Anaesthetics", "X05"),
    _adult("191", "Pain management", "X05"),
    _adult("192", "Intensive care medicine", "X05"),
    _adult("200", "Aviation and space medicine", "X02"),
    _child("211", "Paediatric urology", "X04"),
    _child("212", "Paediatric transplantation surgery", "X04"),
    _child("213", "Paediatric gastrointestinal surgery", "X04"),
    _child("214", "Paediatric trauma and orthopaedics", "X04"),
    _child("215", "Paediatric ear, nose and throat", "X04"),
    _child("216", "Paediatric ophthalmology", "X04"),
    _child("217", "Paediatric oral and maxillofacial surgery", "X04"),
    _child("218", "Paediatric neurosurgery", "X04"),
    _child("219", "Paediatric plastic surgery", "X04"),
    _child("220", "Paediatric burns care", "X04"),
    _child("221", "Paediatric cardiac surgery", "X04"),
    _child("222", "Paediatric thoracic surgery", "X04"),
    _child("223", "Paediatric epilepsy", "X04"),
    _child("230", "Paediatric clinical pharmacology", "X04"),
    _child("240", "Paediatric palliative medicine", "X04"),
    _child("241", "Paediatric pain management", "X04"),
    _child("242", "Paediatric intensive care", "X04"),
    _child("250", "Paediatric hepatology", "X04"),
    _child("251", "Paediatric gastroenterology", "X04"),
    _child("252", "Paediatric endocrinology", "X04"),
    _child("253", "Paediatric clinical haematology", "X04"),
    _child("254", "Paediatric audio vestibular medicine", "X04"),
    _child("255", "Paediatric clinical immunology and allergy", "X04"),
    _child("256", "Paediatric infectious diseases", "X04"),
    _child("257", "Paediatric dermatology", "X04"),
    _child("258", "Paediatric respiratory medicine", "X04"),
    _child("259", "Paediatric nephrology", "X04"),
    _child("260", "Paediatric medical oncology", "X04"),
    _child("261", "Paediatric inherited metabolic medicine", "X04"),
    _child("262", "Paediatric rheumatology", "X04"),
    _child("263", "Paediatric diabetes", "X04"),
    _child("264", "Paediatric cystic fibrosis", "X04"),
    _child("270", "Paediatric emergency medicine", "X04"),
    _child("280", "Paediatric interventional radiology", "X04"),
    _child("290", "Community paediatrics", "X04"),
    _child("291", "Paediatric neurodisability", "X04"),
    _adult("300", "General internal medicine", "C_300"),
    _adult("301", "Gastroenterology", "C_301"),
    _adult("302", "Endocrinology", "X02"),
    _adult("303", "Clinical haematology", "X02"),
    _adult("304", "Clinical physiology", "X02"),
    _adult("305", "Clinical pharmacology", "X02"),
    _adult("306", "Hepatology", "X02", "301"),
    _adult("307", "Diabetes", "X02"),
    _adult("308", "Blood and marrow transplantation", "X02"),
    _adult("309", "Haemophilia", "X02"),
    _adult("310", "Audio vestibular medicine", "X02"),
    _adult("311", "Clinical genetics", "X02"),
    _adult("313", "Clinical immunology and allergy", "X02"),
    _adult("314", "Rehabilitation medicine", "X02"),
    _adult("315", "Palliative medicine", "X02"),
    _adult("316", "Clinical immunology", "X02", "313"),
    _adult("317", "Allergy", "X02", "313"),
    _adult("318", "Intermediate care", "X02"),
    _adult("319", "Respite care", "X02"),
    _adult("320", "Cardiology", "C_320"),
    _child("321", "Paediatric cardiology", "X04"),
    _adult("322", "Clinical microbiology", "X02"),
    _adult("323", "Spinal injuries", "X02"),
    _adult("324", "Anticoagulant services", "X02"),
    _adult("325", "Sport and exercise medicine", "X02"),
    _adult("326", "Acute internal medicine", "X02"),
    _adult("327", "Cardiac rehabilitation", "X02"),
    _adult("328", "Stroke medicine", "X02"),
    _adult("329", "Transient ischaemic attack", "X02", "328"),
    _adult("330", "Dermatology", "C_330"),
    _adult("331", "Congenital heart disease", "X02"),
    _adult("333", "Rare disease", "X02"),
    _adult("335", "Inherited metabolic medicine", "X02"),
    _adult("340", "Respiratory medicine", "C_340"),
    _adult("341", "Respiratory physiology", "X02", "340"),
    _adult("342", "Pulmonary rehabilitation", "X02"),
    _adult("343", "Adult cystic fibrosis", "X02", "340"),
    _adult("344", "Complex specialised rehabilitation", "X02"),
    _adult("345", "Specialist rehabilitation", "X02"),
    _adult("346", "Local specialist rehabilitation", "X02"),
    _adult("347", "Sleep medicine", "X02", "340"),
    _adult("348", "Post-COVID-19 syndrome", "X02"),
    _adult("350", "Infectious diseases", "X02"),
    _adult("352", "Tropical medicine", "X02"),
    _adult("360", "Genitourinary medicine", "X02"),
    _adult("361", "Renal medicine", "X02"),
    _adult("370", "Medical oncology", "X02"),
    _adult("371", "Nuclear medicine", "X02"),
    _adult("400", "Neurology", "C_400"),
    _adult("401", "Clinical neurophysiology", "X02"),
    _adult("410", "Rheumatology", "C_410"),
    _child("420", "Paediatrics", "X04"),
    _child("421", "Paediatric neurology", "X04"),
    _child("422", "Neonatal critical care", "X04"),
    _child("424", "Well babies", "X04"),
    _adult("430", "Elderly medicine", "C_430"),
    _adult("431", "Orthogeriatric medicine", "X02", "430"),
    _adult("450", "Dental medicine", "X02"),
    _adult("451", "Special care dentistry", "X02"),
    _adult("460", "Medical ophthalmology", "X02", "130"),
    _adult("461", "Ophthalmic and vision science", "X02", "130"),
    _adult("501", "Obstetrics", "X06"),
    _adult("502", "Gynaecology", "C_502"),
    _adult("503", "Gynaecological oncology", "X05", "502"),
    _adult("504", "Community sexual and reproductive health", "X06"),
    _adult("505", "Fetal medicine", "X06"),
    _adult("560", "Midwifery", "X06"),
    _adult("650", "Physiotherapy", "X06"),
    _adult("651", "Occupational therapy", "X06"),
    _adult("652", "Speech and language therapy", "X06"),
    _adult("653", "Podiatry", "X06"),
    _adult("654", "Dietetics", "X06"),
    _adult("655", "Orthoptics", "X06"),
    _adult("656", "Clinical psychology", "X06"),
    _adult("657", "Prosthetics", "X06"),
    _adult("658", "Orthotics", "X06"),
    _adult("659", "Dramatherapy", "X06"),
    _adult("660", "Art therapy", "X06"),
    _adult("661", "Music therapy", "X06"),
    _adult("662", "Optometry", "X06"),
    _adult("663", "Podiatric surgery", "X05"),
    _adult("670", "Urological physiology", "X06"),
    _adult("673", "Vascular physiology", "X06"),
    _adult("675", "Cardiac physiology", "X06"),
    _adult("677", "Gastrointestinal physiology", "X06"),
    _adult("700", "Learning disability", "X03"),
    _adult("710", "Adult mental health", "X03"),
    _child("711", "Child and adolescent psychiatry", "X03"),
    _adult("712", "Forensic psychiatry", "X03"),
    _adult("713", "Medical psychotherapy", "X03"),
    _adult("715", "Old age psychiatry", "X03"),
    _adult("720", "Eating disorders", "X03"),
    _adult("721", "Addiction services", "X03"),
    _adult("722", "Liaison psychiatry", "X03"),
    _adult("723", "Psychiatric intensive care", "X03"),
    _adult("724", "Perinatal mental health", "X03"),
    _adult("725", "Mental health recovery and rehabilitation", "X03"),
    _adult("726", "Mental health dual diagnosis", "X03"),
    _adult("727", "Dementia assessment", "X03"),
    _adult("730", "Neuropsychiatry", "X03"),
    _adult("800", "Clinical oncology", "X06"),
    _adult("811", "Interventional radiology", "X06"),
    _adult("812", "Diagnostic imaging", "X06"),
    _adult("822", "Chemical pathology", "X06"),
    _adult("834", "Medical virology", "X06"),
    _adult("840", "Audiology", "X06"),
    _adult("920", "Diabetic education", "X06"),
)

TREATMENT_FUNCTIONS: MappingProxyType[str, TreatmentFunction] = MappingProxyType(
    {function.code: function for function in _ALL}
)


def treatment_function(code: str) -> TreatmentFunction:
    """Return the treatment function with this code; raise InvalidInput where there is none."""
    function = TREATMENT_FUNCTIONS.get(code.strip().upper())
    if function is None:
        raise InvalidInput(
            f"{code[:20]!r} is not a current treatment function code. "
            "Choose a service from the list, such as 110 for trauma and orthopaedics.",
            field="service",
        )
    return function


def published_code(code: str) -> str:
    """Return the published row a treatment function is counted in, such as X05 for 104."""
    return treatment_function(code).published_code


def family(code: str) -> tuple[TreatmentFunction, ...]:
    """Return a function's parent and all that share it, the parent first; at least the function itself."""
    head = treatment_function(code).family
    return tuple(function for function in _ALL if function.family == head)
