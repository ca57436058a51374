"""Accounts: one's own, and those an administrator looks after. A joiner of identity, access and sessions."""

from daemun.features.people.administration.answers import RECORDS, InvitationAnswer, LoginAnswer, SessionAnswer, UserAnswer, UsersAnswer
from daemun.features.people.administration.flows.first_admin import MakeAdmin
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.help_somebody import HelpSomebody
from daemun.features.people.administration.flows.inviting import Guest, Invite
from daemun.features.people.administration.flows.keys import TheirKeys
from daemun.features.people.administration.flows.kill_sessions import KillSessions
from daemun.features.people.administration.flows.legal_hold import LegalHold
from daemun.features.people.administration.flows.look_up import LookUp, PageOfPeople, Person
from daemun.features.people.administration.flows.moving import AdminMove, MoveSomebody
from daemun.features.people.administration.flows.set_roles import SetRoles
from daemun.features.people.administration.flows.set_up import SetUp
from daemun.features.people.administration.flows.vouch import VouchForMailbox
from daemun.features.people.administration.routes import PERMISSIONS
from daemun.features.people.desk import Desk
from daemun.features.people.feature import feature
from daemun.features.people.importing import ImportPeople, Outcome, Tally, Terms, about
from daemun.features.people.own.key_bodies import KeyAnswer, NewKeyAnswer

__all__ = [
    "PERMISSIONS",
    "RECORDS",
    "AdminMove",
    "Desk",
    "Guest",
    "Hands",
    "HelpSomebody",
    "ImportPeople",
    "InvitationAnswer",
    "Invite",
    "KeyAnswer",
    "KillSessions",
    "LegalHold",
    "LoginAnswer",
    "LookUp",
    "MakeAdmin",
    "MoveSomebody",
    "NewKeyAnswer",
    "Outcome",
    "PageOfPeople",
    "Person",
    "SessionAnswer",
    "SetRoles",
    "SetUp",
    "Tally",
    "Terms",
    "TheirKeys",
    "UserAnswer",
    "UsersAnswer",
    "VouchForMailbox",
    "about",
    "feature",
]
