"""The fail-over rehearsal of Riverside General: what was signed, and the report that proves it."""

import hashlib

ATTESTATION = "checks/attestations/failover-rehearsed.yaml"
REPORT = "checks/attestations/documents/failover-rehearsal.txt"

REPORT_TEXT = """\
Riverside General (synthetic): report of the fail-over rehearsal, 2 October 2026

1. The primary node was switched off with 40 synthetic users signed on.
2. The secondary node was declared active; clinic lists, bookings and arrivals were tried at three desks.
3. The primary node was brought back, and work was moved back to it.
4. The last entries before step 1 were looked for, to see how much was lost.

What was measured stands in the attestation. Nobody and nothing in this report is real.
"""


def attestation(data_loss):
    """The attestation, with the minutes of data that were lost."""
    return f"""\
# What people signed for the check failover-rehearsed, oldest first. Synthetic: nobody of this name exists.
version: 1
check: failover-rehearsed
attestations:
  - statement: Fail-over to the secondary node and back was exercised
    person: Robin Example
    role: technical lead
    date: 2026-10-02T16:30:00Z
    measured: {{rto_minutes: 42, data_loss_minutes: {data_loss}}}
    document:
      path: {REPORT}
      sha256: {hashlib.sha256(REPORT_TEXT.encode()).hexdigest()}
    build: "2026.3"
"""


def files(data_loss):
    return {ATTESTATION: attestation(data_loss).encode(), REPORT: REPORT_TEXT.encode()}
