"""What access refuses."""

from __future__ import annotations

from daemun.core.errors import Conflict, Denied, Unsuitable


class UnknownRole(Unsuitable):
    code = "unknown_role"


class UnknownPermission(Unsuitable):
    code = "unknown_permission"


class NotYoursToGive(Denied):
    """Nobody grants, takes or writes down what they do not hold."""

    code = "not_yours_to_give"


class MasterOnly(Denied):
    """Only a master touches a master."""

    code = "master_only"


class Outranked(Denied):
    """Whoever they act on may do something that they may not."""

    code = "outranked"


class OwnRoles(Denied):
    """Nobody gives a role to themselves, not even one that changes nothing today."""

    code = "own_roles"


class LastMaster(Conflict):
    """Without a master nobody could ever make one again."""

    code = "last_master"


class RoleExists(Conflict):
    code = "role_exists"


class BuiltInRole(Conflict):
    code = "built_in_role"


class RoleInUse(Conflict):
    """People have it; it is deleted only by somebody who says that it may be taken from them."""

    code = "role_in_use"
