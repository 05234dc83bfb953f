"""The prices of an emergency as the page shows them: three situations, each with its panel."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop

from makegood.actions.emergency_steps import EmergencyQuote, SituationOffer
from makegood.domain.incidents.situations import Situation
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.rules.facts import Band
from makegood.rules.results import Quote
from makegood.rules.sentences import Sentence
from makegood.web.parts import components as c
from makegood.web.parts import counters
from makegood.web.parts.words import band_words, consequence_words
from makegood.wording import last_minute_before
from makegood.wording.reader import Reader

CLAIMS = ("1_begun", "1_not_begun", "2", "3")


def list_situations(quote: EmergencyQuote, *, chosen: Situation) -> list[c.Situation]:
    """The three situations, the fitting one with its price."""
    fitting = quote.fitting
    shown = []
    for situation, number in ((Situation(1), 1), (Situation(2), 2), (Situation(3), 3)):
        fits = situation is fitting
        offer = next((found for found in quote.fitting_offers if str(found.claim.situation.value) == str(number)), None)
        has_one_price = fits and situation is not Situation.DURING_THE_LESSON and offer is not None
        first = offer.price.ladder[0] if has_one_price and offer is not None and offer.price is not None else None
        shown.append(
            c.Situation(
                number=number,  # type: ignore[arg-type]
                fits=fits,
                is_chosen=situation is chosen,
                aside="" if fits else _why_not(situation, quote),
                price=offer.penalty if has_one_price and offer is not None else None,
                price_until=first.ends_at if first else None,
            )
        )
    return shown


def list_panels(quote: EmergencyQuote, *, school: School) -> list[c.PricePanel]:
    """A panel for every situation; situation 1 has two while the lesson runs, for the two answers to its question."""
    keep_url = reverse("teacher:dashboard", kwargs={"school": school.slug})
    if quote.fitting is Situation.DURING_THE_LESSON:
        return [
            _offer_panel(quote, quote.get_offer("1_begun"), variant="b", keep_url=keep_url),
            _offer_panel(quote, quote.get_offer("1_not_begun"), variant="n", keep_url=keep_url),
            _other_panel(quote, 2),
            _other_panel(quote, 3),
        ]
    fitting = int(quote.fitting)
    return [
        _offer_panel(quote, quote.get_offer(str(number)), keep_url=keep_url)
        if number == fitting
        else _other_panel(quote, number)
        for number in (1, 2, 3)
    ]


def _why_not(situation: Situation, quote: EmergencyQuote) -> Sentence:
    if situation is Situation.DURING_THE_LESSON:
        return Sentence(gettext_noop("Opens at the start of the session"))
    if quote.fitting is Situation.DURING_THE_LESSON:
        return Sentence(gettext_noop("Not this session: it has started"))
    hours = quote.version.policy.reporting.mark_minutes // 60
    if situation is Situation.KNOWN_BEFORE:
        text = gettext_noop("Not this session: it starts within {hours} hours")
    else:
        text = gettext_noop("Not this session: it starts in {hours} hours or more")
    return Sentence(text, {"hours": hours})


def _other_panel(quote: EmergencyQuote, number: int) -> c.PricePanel:
    """What the panel of a situation says that does not fit: why, and what it costs to tell the school now."""
    fitting = int(quote.fitting)
    values = {"fitting": fitting}
    if number == 1:
        title = Sentence(gettext_noop("Situation 1 opens when the session starts."))
        text = Sentence(
            gettext_noop("If you already know that you cannot teach, choose Situation {fitting} and tell us now."),
            values,
        )
    elif fitting == 1:
        title = Sentence(gettext_noop("This session has started."))
        text = Sentence(gettext_noop("Situation 1 is the right one now. Choose it to see its price."))
    elif number == 3:  # noqa: PLR2004 - the number of the situation
        title = _why_not(Situation.KNOWN_BEFORE, quote)
        text = Sentence(gettext_noop("Choose Situation {fitting}, or pick another session."), values)
    else:
        title = _why_not(Situation.LAST_MINUTE, quote)
        text = Sentence(gettext_noop("Situation {fitting} is the right one now. Choose it to see its price."), values)
    later = quote.get_offer("2" if number == 1 and fitting != 1 else str(fitting) if fitting != 1 else "1_not_begun")
    shows_price = number == 1 and fitting != 1 and later.penalty is not None and later.price is not None
    return c.PricePanel(
        number=number,
        price=later.penalty if shows_price else None,
        price_label=Sentence(gettext_noop("penalty, if you report now")) if shows_price else "",
        rungs=_rungs(later) if shows_price else (),
        notice_title=title,
        notice_text=text,
    )


def _offer_panel(quote: EmergencyQuote, offer: SituationOffer, *, variant: str = "", keep_url: str) -> c.PricePanel:
    """The panel with the red button."""
    assert offer.price is not None, "an offer that fits has a price"
    price = offer.price
    version = quote.version
    threshold = price.next_threshold
    new = [consequence_words(found.kind, ends_at=found.ends_at, is_own=True) for found in price.consequences]
    return c.PricePanel(
        number=int(offer.claim.situation),
        variant=variant,
        claim=offer.claim.code,
        price=offer.penalty,
        price_label=_price_label(offer),
        lines=_lines(offer),
        rungs=_rungs(offer),
        counter=_counter(quote, price),
        notice_title=Sentence(gettext_noop("If you report this:")) if new else "",
        notice_text=counters.joined(new) if new else "",
        threshold_title=threshold.because if threshold is not None and price.assessment.counted_for else "",
        worked_out=c.WorkedOut(
            steps=price.assessment.steps,
            currency=price.assessment.currency,
            zone=version.policy.zone,
            version=version.version.number,
            in_force_from=version.version.in_force_from_on,
            reference=f"Q-{quote.quote_id.hex[:6].upper()}",
        ),
        submit=_submit(offer.penalty),
        keep_url=keep_url,
        after=_after(quote, offer),
    )


def _price_label(offer: SituationOffer) -> Sentence:
    assert offer.price is not None
    assessment = offer.price.assessment
    is_counted = bool(assessment.counted_for)
    if offer.penalty is None:
        if is_counted:
            return Sentence(gettext_noop("No penalty in money. It counts for your standing."))
        return Sentence(gettext_noop("No penalty, and it does not count for your standing."))
    if assessment.band is Band.IN_TIME_TROUBLE:
        return Sentence(gettext_noop("no penalty: the session had begun, and you tell us before its end"))
    return Sentence(gettext_noop("penalty, at the “{band}” rate"), {"band": band_words(assessment.band)})


def _lines(offer: SituationOffer) -> list[c.KeyValue]:
    assert offer.price is not None
    lines = []
    if offer.pay_not_received is not None:
        lines.append(c.KeyValue(Sentence(gettext_noop("Session pay you will not receive")), offer.pay_not_received))
    if offer.penalty is None:
        return lines
    currency = offer.penalty.currency
    earlier_minor = offer.price.change_minor - offer.price.assessment.penalty_minor
    if offer.penalty:
        accepted = Money(offer.price.penalty_if_proof_accepted_minor, currency)
        lines.append(c.KeyValue(Sentence(gettext_noop("Penalty if your proof is accepted")), accepted))
    if earlier_minor:
        label = Sentence(gettext_noop("Earlier penalties go up by"))
        lines.append(c.KeyValue(label, Money(earlier_minor, currency)))
        label = Sentence(gettext_noop("In all, your statement changes by"))
        lines.append(c.KeyValue(label, -Money(offer.price.change_minor, currency), is_sum=True))
    return lines


def _rungs(offer: SituationOffer) -> Sequence[c.Rung]:
    """The price now and later; one price alone is no ladder."""
    if offer.penalty is None or offer.price is None or len(offer.price.ladder) < 2:  # noqa: PLR2004 - two make a ladder
        return ()
    currency = offer.penalty.currency
    return [
        c.Rung(
            starts_at=rung.starts_at,
            ends_at=rung.ends_at,
            price=Money(rung.penalty_minor, currency),
            label=f"{band_words(rung.band)}.",
        )
        for rung in offer.price.ladder
    ]


def _counter(quote: EmergencyQuote, price: Quote) -> c.Counter | None:
    """The count that drives the price, or the standing, with this incident in it."""
    policy = quote.version.policy
    counted = [name for name in price.assessment.counted_for if name in price.assessment.counts]
    groups = counters.group_by_window(names=counted, policy=policy)
    if not groups:
        return None
    names = groups[0]
    card = counters.make_card(
        counts=[counters.Count(name=names[0], count=price.assessment.counts[names[0]], new=1)],
        policy=policy,
        month_on=quote.lesson.starts_at.astimezone(policy.zone_info).date(),
    )
    return c.Counter(title="", used=card.used, of=card.of, new=card.new, headline=card.headline)


def _submit(penalty: Money | None) -> Sentence:
    if penalty is None:
        return Sentence(gettext_noop("Report emergency"))
    if not penalty:
        return Sentence(gettext_noop("Report emergency, no penalty"))
    return Sentence(gettext_noop("Report emergency, penalty {amount}"), {"amount": penalty})


def _after(quote: EmergencyQuote, offer: SituationOffer) -> Sentence:
    assert offer.proof_by is not None
    until = last_minute_before(offer.proof_by, Reader.active())
    student = quote.lesson.student
    if student is None:
        return Sentence(
            gettext_noop("Next: the scheduling desk is told at once. You have until {until} to send proof."),
            {"until": until},
        )
    return Sentence(
        gettext_noop("Next: {name} and the scheduling desk are told at once. You have until {until} to send proof."),
        {"name": student.display_name, "until": until},
    )
