"""The audit log alone, without a server: what it costs, beside the disk and bare loops of the same run."""
