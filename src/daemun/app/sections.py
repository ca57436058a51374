"""The sections the house itself reads. Tools and features of others ask for their own."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.app.settings import Settings
from daemun.features.apikeys import ApiKeySettings
from daemun.features.audit import AuditSettings, FilesSettings, S3Settings, SinkSettings, SyslogSettings, WebhookSettings
from daemun.features.identity import IdentitySettings
from daemun.features.jobs import JobSettings
from daemun.features.mail import MailSettings
from daemun.features.sessions import SessionSettings
from daemun.web.settings import ErrorsSettings, MetricsSettings, TracingSettings, WebSettings


@dataclass(frozen=True, slots=True)
class Sections:
    web: WebSettings
    identity: IdentitySettings
    sessions: SessionSettings
    mail: MailSettings
    audit: AuditSettings
    sinks: SinkSettings
    apikeys: ApiKeySettings
    jobs: JobSettings
    metrics: MetricsSettings
    tracing: TracingSettings
    errors: ErrorsSettings

    @classmethod
    def of(cls, settings: Settings) -> Sections:
        return cls(
            settings.section("web", WebSettings),
            settings.section("identity", IdentitySettings),
            settings.section("sessions", SessionSettings),
            settings.section("mail", MailSettings),
            settings.section("audit", AuditSettings),
            SinkSettings(
                settings.section("audit.sinks.files", FilesSettings),
                settings.section("audit.sinks.syslog", SyslogSettings),
                settings.section("audit.sinks.webhook", WebhookSettings),
                settings.section("audit.sinks.s3", S3Settings),
            ),
            settings.section("apikeys", ApiKeySettings),
            settings.section("jobs", JobSettings),
            settings.section("metrics", MetricsSettings),
            settings.section("tracing", TracingSettings),
            settings.section("errors", ErrorsSettings),
        )
