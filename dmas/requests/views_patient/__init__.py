"""The pages of a patient's own request, for the patient and for the helpline on their behalf."""

from dmas.requests.views_patient import asking, helping, telling
from dmas.requests.views_patient.places import blueprint

__all__ = ["asking", "blueprint", "helping", "telling"]
