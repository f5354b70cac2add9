"""What people type about a hand-over: its data set and its steps, and those of a test that moves alone."""

from dmas.transfers.forms.moving import (
    TYPED,
    CancelForm,
    ConfirmForm,
    DataSetForm,
    DateForm,
    MessageForm,
    ReRegisterForm,
    ReturnForm,
    StepForm,
    TreatedForm,
    data_set_values,
)
from dmas.transfers.forms.testing import (
    AcknowledgeForm,
    CriticalForm,
    DoneForm,
    ReaderForm,
    ReadForm,
    ReportForm,
)

__all__ = [
    "TYPED",
    "AcknowledgeForm",
    "CancelForm",
    "ConfirmForm",
    "CriticalForm",
    "DataSetForm",
    "DateForm",
    "DoneForm",
    "MessageForm",
    "ReRegisterForm",
    "ReadForm",
    "ReaderForm",
    "ReportForm",
    "ReturnForm",
    "StepForm",
    "TreatedForm",
    "data_set_values",
]
