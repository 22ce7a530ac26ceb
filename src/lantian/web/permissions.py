"""Permissions and the roles that hold them: every route of the web asks for exactly one."""

from enum import StrEnum

from lantian.ledger.people import Role


class May(StrEnum):
    """What somebody may do here; each route declares exactly one."""

    NOTHING = "nothing"
    """For everybody, whether logged in or not: logging in, files of the pages, health."""
    BE_HERE = "be_here"
    """For everybody who is logged in: one's own account."""
    READ_AIR = "read_air"
    READ_RULES = "read_rules"
    READ_PLAN = "read_plan"
    REPORT_PROGRESS = "report_progress"
    DISPATCH = "dispatch"
    REVIEW_PROGRESS = "review_progress"
    ADMIT_PROJECTS = "admit_projects"
    READ_SOURCES = "read_sources"
    READ_FRAMES = "read_frames"
    CONTROL_DEVICES = "control_devices"
    REVIEW_DATA = "review_data"
    APPROVE_DUST = "approve_dust"
    READ_INVENTORY = "read_inventory"
    WORK_INVENTORY = "work_inventory"
    WRITE_PAPERS = "write_papers"
    HANDLE_ALERTS = "handle_alerts"
    RUN_JOBS = "run_jobs"
    READ_SYSTEM = "read_system"
    READ_AUDIT = "read_audit"
    MANAGE_USERS = "manage_users"
    MANAGE_CITY = "manage_city"


_EVERY = frozenset(Role) - {Role.PUBLIC}
_CITY = frozenset({Role.ADMIN, Role.CITY_OFFICE, Role.MONITORING, Role.SCIENCE, Role.DUTY, Role.INSPECTION})
HOLDERS: dict[May, frozenset[Role]] = {
    May.NOTHING: frozenset(Role),
    May.BE_HERE: frozenset(Role),
    May.READ_AIR: _EVERY,
    May.READ_RULES: _EVERY,
    May.READ_PLAN: _CITY | {Role.DEPARTMENT, Role.COUNTY, Role.AUDITOR},
    May.REPORT_PROGRESS: frozenset({Role.CITY_OFFICE, Role.DEPARTMENT, Role.COUNTY}),
    May.DISPATCH: frozenset({Role.CITY_OFFICE}),
    May.REVIEW_PROGRESS: frozenset({Role.CITY_OFFICE}),
    May.ADMIT_PROJECTS: frozenset({Role.CITY_OFFICE, Role.SCIENCE}),
    May.READ_SOURCES: _CITY | {Role.COUNTY, Role.ENTERPRISE, Role.OPERATOR, Role.AUDITOR},
    May.READ_FRAMES: frozenset({Role.ADMIN, Role.MONITORING, Role.INSPECTION, Role.OPERATOR, Role.AUDITOR}),
    May.CONTROL_DEVICES: frozenset({Role.MONITORING, Role.OPERATOR}),
    May.REVIEW_DATA: frozenset({Role.CITY_OFFICE, Role.MONITORING, Role.OPERATOR, Role.COUNTY, Role.ENTERPRISE}),
    May.APPROVE_DUST: frozenset({Role.CITY_OFFICE, Role.MONITORING}),
    May.READ_INVENTORY: _CITY | {Role.AUDITOR},
    May.WORK_INVENTORY: frozenset({Role.CITY_OFFICE, Role.SCIENCE}),
    May.WRITE_PAPERS: frozenset({Role.CITY_OFFICE, Role.MONITORING, Role.SCIENCE, Role.DUTY}),
    May.HANDLE_ALERTS: frozenset({Role.CITY_OFFICE, Role.MONITORING, Role.DUTY, Role.INSPECTION}),
    May.RUN_JOBS: frozenset({Role.ADMIN, Role.CITY_OFFICE, Role.MONITORING, Role.SCIENCE}),
    May.READ_SYSTEM: frozenset({Role.ADMIN, Role.CITY_OFFICE, Role.MONITORING, Role.AUDITOR}),
    May.READ_AUDIT: frozenset({Role.ADMIN, Role.CITY_OFFICE, Role.AUDITOR}),
    May.MANAGE_USERS: frozenset({Role.ADMIN}),
    May.MANAGE_CITY: frozenset({Role.ADMIN}),
}
"""Permission → roles that hold it; which rows they see is the scope of their roles, and rooms check again."""
