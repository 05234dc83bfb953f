"""All rows of all nouns, gathered for Django; each is defined in its noun's package."""

from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.ledger.models import Account, PayPeriod, Transfer
from makegood.domain.lessons.models import Lesson, LessonTransition
from makegood.domain.notifications.models import DeliveryAttempt, Message
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd, Quote
from makegood.domain.people.models import Invitation, Membership, Person, RoleGrant
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event, IdempotencyKey

__all__ = [
    "Account",
    "Assessment",
    "Consequence",
    "ConsequenceEnd",
    "DeliveryAttempt",
    "Event",
    "IdempotencyKey",
    "Incident",
    "IncidentDecision",
    "IncidentWithdrawal",
    "Invitation",
    "Lesson",
    "LessonTransition",
    "Membership",
    "Message",
    "PayPeriod",
    "Person",
    "PolicyVersion",
    "Quote",
    "RoleGrant",
    "School",
    "Transfer",
]
