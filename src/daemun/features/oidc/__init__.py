"""What other applications ask of the house by the standards of OAuth. A joiner of sessions, keys, identity and access."""

from daemun.features.oidc.counter import Counter
from daemun.features.oidc.feature import PERMISSIONS, feature

__all__ = ["PERMISSIONS", "Counter", "feature"]
