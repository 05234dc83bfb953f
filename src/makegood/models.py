"""All rows of all nouns, gathered for Django; each is defined in its noun's package."""

from makegood.domain.availability.models import (
    AvailabilityDay,
    BookingRules,
    CalendarWeek,
    DefaultAvailability,
    FreshnessWarning,
    Holiday,
    MatchingPause,
    MatchingPauseLift,
)
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.ledger.models import Account, CreditExpiry, CreditGrant, CreditUse, PayPeriod, Transfer
from makegood.domain.lessons.models import (
    DeskCase,
    Lesson,
    LessonClaim,
    LessonMove,
    LessonRelease,
    LessonSeries,
    LessonTransition,
    LessonType,
    MoveAnswer,
    MoveRequest,
    PayRate,
    PresenceFact,
    VideoLink,
)
from makegood.domain.notifications.models import (
    CalendarFeed,
    ChannelChoice,
    DeliveryAttempt,
    Message,
    PushSubscription,
    QuietHours,
)
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd, Quote
from makegood.domain.people.models import Invitation, Membership, Person, RoleGrant
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event, IdempotencyKey
from makegood.domain.uptime.models import Downtime, Heartbeat

__all__ = [
    "Account",
    "Assessment",
    "AvailabilityDay",
    "BookingRules",
    "CalendarFeed",
    "CalendarWeek",
    "ChannelChoice",
    "Consequence",
    "ConsequenceEnd",
    "CreditExpiry",
    "CreditGrant",
    "CreditUse",
    "DefaultAvailability",
    "DeliveryAttempt",
    "DeskCase",
    "Downtime",
    "Event",
    "FreshnessWarning",
    "Heartbeat",
    "Holiday",
    "IdempotencyKey",
    "Incident",
    "IncidentDecision",
    "IncidentWithdrawal",
    "Invitation",
    "Lesson",
    "LessonClaim",
    "LessonMove",
    "LessonRelease",
    "LessonSeries",
    "LessonTransition",
    "LessonType",
    "MatchingPause",
    "MatchingPauseLift",
    "Membership",
    "Message",
    "MoveAnswer",
    "MoveRequest",
    "PayPeriod",
    "PayRate",
    "Person",
    "PolicyVersion",
    "PresenceFact",
    "PushSubscription",
    "QuietHours",
    "Quote",
    "RoleGrant",
    "School",
    "Transfer",
    "VideoLink",
]
