"""Tables of the ledger as classes, one module a topic; all share `Row.metadata`."""

from lantian.ledger.models.accounts import ApiToken, FirstCode, LoginFailure, LoginSession, OutsideLogin
from lantian.ledger.models.asking import Draft, Lead, Message, Proposal, Recompute, RequestState
from lantian.ledger.models.chain import Entry, EntryHead
from lantian.ledger.models.devices import ControlRequest, Device, DeviceKey, DeviceParameter, Quarantined
from lantian.ledger.models.doors import Delivery, Sender
from lantian.ledger.models.evidence import EvidenceLink, StoredFile
from lantian.ledger.models.house import ExceptionalEvent, Run, Workspace
from lantian.ledger.models.inventory import InventoryEdition
from lantian.ledger.models.outlets import OutletRecord
from lantian.ledger.models.people import Organisation, Person, User, UserRole
from lantian.ledger.models.plan import (
    Admission,
    Confirmed,
    Duty,
    Escalation,
    Goal,
    GoalFigure,
    Measure,
    Meeting,
    Milestone,
    Plan,
    Project,
    Report,
    Series,
    SeriesValue,
    Sheet,
    Task,
)
from lantian.ledger.models.row import Row
from lantian.ledger.models.sense import Calibration, Camera, CameraLook, KeyUnit, OutletMark, Review

__all__ = [
    "Admission",
    "ApiToken",
    "Calibration",
    "Camera",
    "CameraLook",
    "Confirmed",
    "ControlRequest",
    "Delivery",
    "Device",
    "DeviceKey",
    "DeviceParameter",
    "Draft",
    "Duty",
    "Entry",
    "EntryHead",
    "Escalation",
    "EvidenceLink",
    "ExceptionalEvent",
    "FirstCode",
    "Goal",
    "GoalFigure",
    "InventoryEdition",
    "KeyUnit",
    "Lead",
    "LoginFailure",
    "LoginSession",
    "Measure",
    "Meeting",
    "Message",
    "Milestone",
    "Organisation",
    "OutletMark",
    "OutletRecord",
    "OutsideLogin",
    "Person",
    "Plan",
    "Project",
    "Proposal",
    "Quarantined",
    "Recompute",
    "Report",
    "RequestState",
    "Review",
    "Row",
    "Run",
    "Sender",
    "Series",
    "SeriesValue",
    "Sheet",
    "StoredFile",
    "Task",
    "User",
    "UserRole",
    "Workspace",
]
