"""Procedure groups: operations as managers name them, with their OPCS-4 codes and treatment functions.

A group is a set of OPCS-4 prefixes of three or four characters (`W37`, `W370`), written without the dot.
The longest prefix wins, so a revision is told from a first replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dmas.catalogue.vocabulary.treatment_functions import family
from dmas.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ProcedureGroup:
    """One group of operations; `functions` are the treatment functions that commonly do it."""

    code: str
    name: str
    functions: tuple[str, ...]
    opcs: tuple[str, ...]

    @property
    def token(self) -> str:
        """Return the token that asks for this group, such as `opcs:hip_replacement`."""
        return f"opcs:{self.code}"


def _group(code: str, name: str, functions: str, opcs: str) -> ProcedureGroup:
    return ProcedureGroup(code, name, tuple(functions.split()), tuple(opcs.split()))


_GENERAL = (
    _group("inguinal_hernia", "Inguinal hernia repair", "100", "T19 T20 T21"),
    _group("femoral_hernia", "Femoral hernia repair", "100", "T22 T23"),
    _group("umbilical_hernia", "Umbilical hernia repair", "100", "T24"),
    _group("incisional_hernia", "Incisional or ventral hernia repair", "100", "T25 T26 T27"),
    _group("pilonidal_sinus", "Pilonidal sinus surgery", "100 104", "H59 H60"),
    _group("haemorrhoids", "Haemorrhoid surgery", "104 100", "H51 H52 H53"),
    _group("anal_fissure_fistula", "Anal fissure or fistula surgery", "104 100", "H54 H55 H56"),
    _group("rectal_prolapse", "Rectal prolapse repair", "104", "H35 H36 H41 H42"),
    _group("bowel_resection", "Bowel resection", "104", "H05 H06 H07 H08 H09 H10 H11 H29 H33"),
    _group("stoma_reversal", "Stoma reversal", "104", "G75 H154"),
    _group("cholecystectomy", "Gallbladder removal (cholecystectomy)", "106 105 100", "J18"),
    _group("liver_resection", "Liver resection", "105", "J02 J03"),
    _group("anti_reflux", "Hiatus hernia and anti-reflux surgery", "106", "G23 G24"),
    _group("bariatric", "Weight-loss (bariatric) surgery", "109 106", "G28 G30 G31 G32 G33"),
    _group("breast_excision", "Breast lump excision", "103", "B28"),
    _group("mastectomy", "Mastectomy", "103", "B27"),
    _group("breast_reconstruction", "Breast reconstruction", "103 160", "B29 B38 B39"),
    _group("thyroid", "Thyroid surgery", "113 120 100", "B08 B09"),
    _group("parathyroid", "Parathyroid surgery", "113 120", "B14 B16"),
    _group("varicose_veins", "Varicose vein treatment", "107 100", "L83 L84 L85 L86 L87 L88"),
    _group("dialysis_access", "Dialysis access (fistula) surgery", "107", "L74"),
)
_UROLOGY = (
    _group("circumcision", "Circumcision", "101 211 171", "N30"),
    _group("hydrocele_varicocele", "Hydrocele or varicocele repair", "101", "N11 N19"),
    _group("orchidopexy", "Undescended testis (orchidopexy)", "211 171", "N08 N09"),
    _group("vasectomy", "Vasectomy", "101", "N17"),
    _group("prostate_resection", "Prostate resection (TURP)", "101", "M65 M66"),
    _group("prostatectomy", "Prostatectomy", "101", "M61"),
    _group("bladder_resection", "Bladder lesion resection", "101", "M42"),
    _group("ureteroscopy", "Ureteroscopy and stone removal", "101", "M26 M27 M28 M30"),
    _group("lithotripsy", "Lithotripsy", "101", "M14 M31"),
    _group("kidney_stone_surgery", "Keyhole kidney stone surgery", "101", "M09 M16"),
    _group("nephrectomy", "Kidney removal (nephrectomy)", "101", "M02 M03"),
    _group("urethral_stricture", "Urethral stricture surgery", "101", "M73 M76"),
    _group("continence_surgery", "Continence surgery", "101 502", "M51 M52 M53 M55"),
)
_ORTHOPAEDIC = (
    _group("hip_replacement", "Hip replacement", "110 111", "W37 W38 W39 W93 W94 W95"),
    _group(
        "hip_revision",
        "Hip replacement revision",
        "110 111",
        "W370 W372 W373 W374 W380 W382 W383 W384 W390 W392 W393 W394 W930 W932 W933 W940 W942 W943"
        " W950 W952 W953",
    ),
    _group("knee_replacement", "Knee replacement", "110 111", "W40 W41 W42"),
    _group(
        "knee_revision",
        "Knee replacement revision",
        "110 111",
        "W400 W402 W403 W404 W410 W412 W413 W414 W420 W422 W423 W424",
    ),
    _group("knee_arthroscopy", "Knee arthroscopy", "110 111", "W82 W83 W85 W87"),
    _group("ligament_reconstruction", "Knee ligament reconstruction", "110 111", "W72 W74"),
    _group("shoulder_replacement", "Shoulder replacement", "110 111", "W49 W50 W51 W96 W97 W98"),
    _group("shoulder_decompression", "Shoulder decompression", "110 111", "O29"),
    _group("rotator_cuff", "Rotator cuff repair", "110 111", "T79"),
    _group("elbow_replacement", "Elbow replacement", "110 111", "O21 O22 O23"),
    _group("carpal_tunnel", "Carpal tunnel release", "110 111 160", "A65"),
    _group("dupuytren", "Dupuytren's contracture surgery", "110 111 160", "T52 T54"),
    _group("trigger_finger", "Trigger finger release", "110 111 160", "T69 T72"),
    _group("ganglion", "Ganglion removal", "110 111 160", "T59 T60"),
    _group("bunion", "Bunion surgery", "110 111 663", "W15 W79"),
    _group("joint_fusion", "Foot, ankle or hand joint fusion", "110 111", "W59 W60 W61 W62 W63"),
    _group("metalwork_removal", "Metalwork removal", "110 111 115", "W28"),
    _group("spinal_decompression", "Spinal decompression", "108 150", "V22 V23 V24 V25 V26"),
    _group("disc_surgery", "Disc surgery", "108 150", "V29 V30 V31 V32 V33 V34 V35"),
    _group("spinal_fusion", "Spinal fusion", "108 150", "V37 V38 V39"),
    _group("spinal_injection", "Spinal or facet joint injection", "191 108", "A52 V54"),
    _group("nerve_denervation", "Facet joint denervation", "191", "V48"),
)
_HEAD_AND_EYE = (
    _group("tonsillectomy", "Tonsillectomy", "120 215", "F34"),
    _group("adenoidectomy", "Adenoidectomy", "120 215", "E20"),
    _group("grommets", "Grommet insertion", "120 215", "D15"),
    _group("septoplasty", "Septoplasty and turbinate surgery", "120", "E03 E04"),
    _group("rhinoplasty", "Rhinoplasty", "120 160", "E02"),
    _group("sinus_surgery", "Sinus surgery", "120", "E08 E12 E13 E14 E15 E17"),
    _group("tympanoplasty", "Eardrum repair (tympanoplasty)", "120 215", "D14"),
    _group("mastoidectomy", "Mastoid surgery", "120 215", "D10 D12"),
    _group("stapedectomy", "Stapes surgery", "120", "D16 D17"),
    _group("laryngoscopy", "Microlaryngoscopy", "120", "E34 E35"),
    _group("parotidectomy", "Parotid gland surgery", "120 144 145", "F44"),
    _group("cataract", "Cataract surgery", "130", "C71 C72 C74 C75"),
    _group("capsulotomy", "Laser capsulotomy", "130", "C733"),
    _group("glaucoma_surgery", "Glaucoma surgery", "130", "C60 C61"),
    _group("eyelid_surgery", "Eyelid surgery", "130 160", "C13 C14 C15 C18"),
    _group("tear_duct", "Tear duct surgery", "130", "C25"),
    _group("squint", "Squint surgery", "130 216", "C31 C32 C33 C34 C35"),
    _group("corneal_graft", "Corneal graft", "130", "C46"),
    _group("vitrectomy", "Vitreoretinal surgery", "130", "C54 C79"),
    _group("eye_injection", "Injection into the eye", "130 460", "C794 C893"),
    _group("wisdom_teeth", "Wisdom tooth removal", "140 144 145", "F09"),
    _group("dental_extraction", "Dental extraction", "140 142 145 451", "F10"),
    _group("jaw_surgery", "Jaw (orthognathic) surgery", "144 145", "V10 V16"),
    _group("oral_lesion", "Mouth lesion removal", "140 144 145", "F02 F23 F38"),
)
_OTHER = (
    _group("brain_tumour_surgery", "Brain lesion surgery", "150", "A02"),
    _group("skin_lesion", "Skin lesion removal", "330 160 100", "S05 S06"),
    _group("skin_graft", "Skin graft or flap", "160 161", "S35 S36"),
    _group("scar_revision", "Scar revision", "160", "S60"),
    _group("breast_reduction", "Breast reduction", "160", "B31"),
    _group("coronary_bypass", "Coronary artery bypass", "172 170", "K40 K41 K42 K43 K44 K45 K46"),
    _group("valve_surgery", "Heart valve surgery", "172 170", "K25 K26 K27 K28 K29 K30"),
    _group("lung_resection", "Lung resection", "173 170", "E54 E55"),
    _group("coronary_angiography", "Coronary angiography", "320", "K63 K65"),
    _group("coronary_angioplasty", "Coronary angioplasty", "320", "K49 K75"),
    _group("pacemaker", "Pacemaker or defibrillator", "320", "K59 K60 K61"),
    _group("ablation", "Heart rhythm ablation", "320", "K57 K62"),
    _group("bowel_polypectomy", "Therapeutic colonoscopy", "301 104", "H20 H21 H23"),
    _group("ercp", "Bile duct endoscopy (ERCP)", "301", "J38 J39 J40 J41 J42 J43"),
    _group("bronchoscopy", "Bronchoscopy", "340", "E48 E49 E50 E51"),
    _group("hysterectomy", "Hysterectomy", "502", "Q07 Q08"),
    _group("hysteroscopy", "Hysteroscopy", "502", "Q17 Q18"),
    _group("myomectomy", "Fibroid removal", "502", "Q09"),
    _group("pelvic_floor_repair", "Prolapse repair", "502", "P22 P23 P24"),
    _group("gynae_laparoscopy", "Laparoscopy, including endometriosis", "502", "T42 T43"),
    _group("ovarian_surgery", "Ovarian cyst or ovary removal", "502", "Q22 Q23 Q24 Q43 Q44 Q49"),
    _group("sterilisation", "Sterilisation", "502", "Q27 Q28 Q35 Q36"),
    _group("cervical_treatment", "Cervical treatment (colposcopy)", "502", "Q02 Q03"),
)

PROCEDURE_GROUPS: MappingProxyType[str, ProcedureGroup] = MappingProxyType(
    {group.code: group for group in (*_GENERAL, *_UROLOGY, *_ORTHOPAEDIC, *_HEAD_AND_EYE, *_OTHER)}
)
_BY_PREFIX = {prefix: group for group in PROCEDURE_GROUPS.values() for prefix in group.opcs}


def procedure_group(code: str) -> ProcedureGroup:
    """Return the procedure group with this code; raise InvalidInput where there is none."""
    group = PROCEDURE_GROUPS.get(code.strip().lower())
    if group is None:
        raise InvalidInput(
            f"{code[:40]!r} is not a procedure group. Choose one from the list, such as hip_replacement.",
            field="procedure_group",
        )
    return group


def groups_of(function: str) -> tuple[ProcedureGroup, ...]:
    """Return the groups that belong to a treatment function, in the catalogue's order; maybe none."""
    return tuple(group for group in PROCEDURE_GROUPS.values() if function in group.functions)


def offerable_groups(function: str) -> tuple[ProcedureGroup, ...]:
    """Return the groups an offer of this function may list: its own and those of its family."""
    codes = {member.code for member in family(function)}
    return tuple(group for group in PROCEDURE_GROUPS.values() if codes.intersection(group.functions))


def group_of_opcs(opcs: str) -> ProcedureGroup | None:
    """Return the group an OPCS-4 code such as `W37.1` falls in, or None."""
    text = opcs.strip().upper().replace(".", "")
    return _BY_PREFIX.get(text[:4]) or _BY_PREFIX.get(text[:3])
