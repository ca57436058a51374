"""Links in letters, and the codes beside them."""

from daemun.features.identity.links.ends import ENDS, Change
from daemun.features.identity.links.models import LIFETIMES, CodeWrong, Issued, Link, LinkOtherBrowser, LinkRefused, Purpose
from daemun.features.identity.links.service import Links

__all__ = ["ENDS", "LIFETIMES", "Change", "CodeWrong", "Issued", "Link", "LinkOtherBrowser", "LinkRefused", "Links", "Purpose"]
