"""What was done. Until the provable log stands here: one dated JSONL file a day."""

from daemun.features.audit.feature import feature

__all__ = ["feature"]
