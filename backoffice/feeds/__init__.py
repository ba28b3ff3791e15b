"""Feeds: files in, facts out.

inbox file ─land→ landing rows ─admit→ facts, or quarantine with a reason. What a feed is stands in `feeds/*.toml`;
`docs/feeds.md` tells the whole way.
"""

from backoffice.feeds.admission import AdmissionReport, AdmittedFile, admit_landed
from backoffice.feeds.errors import FeedError
from backoffice.feeds.landing import LandedFile, LandingReport, RefusedFile, land_inbox
from backoffice.feeds.returns import ReturnedFile, returned_files, sign_off
from backoffice.runs import ADMISSION_LOCK

__all__ = [
    "ADMISSION_LOCK",
    "AdmissionReport",
    "AdmittedFile",
    "FeedError",
    "LandedFile",
    "LandingReport",
    "RefusedFile",
    "ReturnedFile",
    "admit_landed",
    "land_inbox",
    "returned_files",
    "sign_off",
]
