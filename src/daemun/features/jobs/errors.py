"""What jobs refuse."""

from __future__ import annotations

from daemun.core.errors import Conflict, Missing, TooMany


class JobsFull(TooMany):
    """As many of theirs wait as may."""

    code = "jobs_full"


class JobOver(Conflict):
    """It has ended: there is nothing left to cancel."""

    code = "job_over"


class JobFileMissing(Missing):
    """It made none, is not complete, or its file was taken away from its place."""

    code = "job_file_missing"
