"""Numbers without a gap: it is enough to know the invoice before, and that there is none after."""

from scenarios_app.story.invoices import InvoiceIssued, IssueInvoiceValidatorBase
from storyline import Recorded


class IssueInvoiceValidator(IssueInvoiceValidatorBase):
    def is_valid(self) -> bool:
        (issued,) = self.applied_events
        return issued.number == self.reduce_only_db_events(highest, 0) + 1


def highest(number: int, event: Recorded[InvoiceIssued]) -> int:
    return max(number, event.data.number)
