"""Copies of the log for others: each destination reads at its own pace, and none holds up another, or the house."""
