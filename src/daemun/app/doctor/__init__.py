"""`daemun doctor`: the running configuration against what published standards ask, and against what an operator trips over."""

from daemun.app.doctor.clauses import Clause, Standing, clauses
from daemun.app.doctor.examine import Asked, called, examine, found
from daemun.app.doctor.report import ClauseResult, Report, Result

__all__ = ["Asked", "Clause", "ClauseResult", "Report", "Result", "Standing", "called", "clauses", "examine", "found"]
