"""Forms: fields worded as the NHS words them, that stop at the first error and lose nothing typed."""

from dmas.web.forms.base import AnyField
from dmas.web.forms.choices import Choice, ChoiceField, ChoicesField, ConfirmField, SelectField
from dmas.web.forms.dates import DateField
from dmas.web.forms.form import DmasForm
from dmas.web.forms.lines import AskedLine, LinesForm, PressedField
from dmas.web.forms.numbers import DecimalField, WholeNumberField
from dmas.web.forms.text import EmailField, FileField, HiddenField, LongTextField, PasswordField, TextField
from dmas.web.forms.times import TimeField, in_london

__all__ = [
    "AnyField",
    "AskedLine",
    "Choice",
    "ChoiceField",
    "ChoicesField",
    "ConfirmField",
    "DateField",
    "DecimalField",
    "DmasForm",
    "EmailField",
    "FileField",
    "HiddenField",
    "LinesForm",
    "LongTextField",
    "PasswordField",
    "PressedField",
    "SelectField",
    "TextField",
    "TimeField",
    "WholeNumberField",
    "in_london",
]
