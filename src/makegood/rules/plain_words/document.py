"""Puts the sections together: the policy in plain words."""

from __future__ import annotations

from makegood.rules.plain_words.examples import write_examples
from makegood.rules.plain_words.follows import write_follows
from makegood.rules.plain_words.proof import write_decisions, write_proof
from makegood.rules.plain_words.rates import write_rates
from makegood.rules.plain_words.shapes import Document, paragraph
from makegood.rules.plain_words.summary import write_summary
from makegood.rules.plain_words.waiting import write_waiting
from makegood.rules.plain_words.what_to_do import write_what_to_do
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, gettext_noop


def write_document(policy: Policy, *, is_zone_chosen: bool = True) -> Document:
    """The policy as a structured document: what to do, waiting, rates, worked examples, what follows, proof, summary.

    `is_zone_chosen` False: the policy was loaded in some zone only to be shown; the text says that the school sets it.
    """
    zone = (
        Sentence(
            gettext_noop("Months, weeks, days and deadlines are those of the time zone {zone}."), {"zone": policy.zone}
        )
        if is_zone_chosen
        else Sentence(
            gettext_noop("Months, weeks, days and deadlines are those of the time zone that the school sets.")
        )
    )
    opening = [paragraph(Sentence(policy.summary))] if policy.summary else []
    opening.append(paragraph(Sentence(gettext_noop("This is version {version}."), {"version": policy.version}), zone))
    if policy.source:
        opening.append(
            paragraph(
                Sentence(gettext_noop("It follows the rules published at {source}."), {"source": policy.source}),
                Sentence(gettext_noop("Where those leave a question open, the answer is marked as our own reading.")),
            )
        )
    return Document(
        title=Sentence(policy.title or policy.name),
        opening=tuple(opening),
        sections=(
            write_what_to_do(policy),
            write_waiting(policy),
            write_rates(policy),
            write_examples(policy),
            write_follows(policy),
            write_proof(policy),
            write_decisions(policy),
            write_summary(policy),
        ),
    )
