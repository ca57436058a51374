"""People of Django and django-allauth, made by their own models: `python django_people.py DATABASE_URL`, with a list on standard input."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command

HASHERS = [
    f"django.contrib.auth.hashers.{each}PasswordHasher" for each in ("PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt")
]


def database(url: str) -> dict[str, Any]:
    found = urlsplit(url)
    if found.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": found.path[1:]}
    where = {"NAME": found.path[1:], "HOST": found.hostname, "PORT": found.port, "USER": found.username}
    return {"ENGINE": "django.db.backends.postgresql", **where}


def configure(url: str) -> None:
    settings.configure(
        DATABASES={"default": database(url)},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "allauth", "allauth.account"],
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
        PASSWORD_HASHERS=HASHERS,
        SECRET_KEY="made, and not served",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def make(people: list[dict[str, Any]]) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group, User

    for each in people:
        groups, verified, hasher, password = (each.pop(name, None) for name in ("groups", "verified", "hasher", "password"))
        user = User(**each)
        user.password = make_password(password, hasher=hasher or "default")
        user.save()
        user.groups.set(Group.objects.get_or_create(name=name)[0] for name in groups or ())
        if verified is not None:
            EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)


if __name__ == "__main__":
    configure(sys.argv[1])
    call_command("migrate", verbosity=0)
    make(json.load(sys.stdin))
