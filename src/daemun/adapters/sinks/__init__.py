"""The port `Sink`, answered by dated files, syslog over TLS, a signed webhook, and S3."""

from daemun.adapters.sinks.files import FilesSink
from daemun.adapters.sinks.outgoing import Outgoing
from daemun.adapters.sinks.s3 import Bucket, S3Sink
from daemun.adapters.sinks.sigv4 import Credentials
from daemun.adapters.sinks.syslog import Collector, SyslogSink
from daemun.adapters.sinks.webhook import WebhookSink

__all__ = ["Bucket", "Collector", "Credentials", "FilesSink", "Outgoing", "S3Sink", "SyslogSink", "WebhookSink"]
