"""Durable jobs: submitted with their cause, done by any process, finished by another when that one dies."""

from daemun.features.jobs.feature import feature
from daemun.features.jobs.sealing import Sealing
from daemun.features.jobs.service import Jobs
from daemun.features.jobs.settings import JobSettings
from daemun.features.jobs.worker import Worker

__all__ = ["JobSettings", "Jobs", "Sealing", "Worker", "feature"]
