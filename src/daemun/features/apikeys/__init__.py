"""API keys: how programs come in, in the name of the person who made them."""

from daemun.features.apikeys.errors import ApiKeyEnded, ApiKeyInvalid, ApiKeysFull, ApiKeysTooMany, ScopeNotHeld
from daemun.features.apikeys.events import API_KEY_DENIED
from daemun.features.apikeys.feature import feature
from daemun.features.apikeys.keys import PREFIX
from daemun.features.apikeys.models import ApiKey, Draft, EndedWhy, LiveKey, Made, PresentedKey
from daemun.features.apikeys.service import ApiKeys
from daemun.features.apikeys.settings import ApiKeySettings

__all__ = [
    "API_KEY_DENIED",
    "PREFIX",
    "ApiKey",
    "ApiKeyEnded",
    "ApiKeyInvalid",
    "ApiKeySettings",
    "ApiKeys",
    "ApiKeysFull",
    "ApiKeysTooMany",
    "Draft",
    "EndedWhy",
    "LiveKey",
    "Made",
    "PresentedKey",
    "ScopeNotHeld",
    "feature",
]
