"""What can be done about a request, as buttons; and what has to be filled in with them.

A command's field that stands beside its button is declared here, and used by the command: so the
form that `deny` is answered with asks for the same as the button that says it.
"""

from __future__ import annotations

from adapters.chat.cards import Button, Emphasis, Field
from adapters.chat.command import Slot
from adapters.chat.grammar.kinds import Reason
from adapters.chat.wording import Exact, name_of
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import PersonId, show
from engine.model.request import Request
from engine.policy.approving.progress import is_wanted
from engine.policy.content import shown_hash
from engine.policy.reason import WORDS_LENGTH_MAX, WORDS_LENGTH_MIN

WORDS = Reason(length_max=WORDS_LENGTH_MAX)

WHY_NOT = Slot(
    WORDS,
    '"<reason>"',
    "Why not",
    f"At least {WORDS_LENGTH_MIN} characters. The requester reads it, and it is recorded.",
    name="reason",
)
"""Why somebody denies."""

QUESTION = Slot(
    WORDS,
    '"<question>"',
    "What you want to know",
    f"At least {WORDS_LENGTH_MIN} characters. The requester is told, and it is recorded.",
    blamed=("reason.length",),
    name="text",
)
"""What an approver asks before deciding."""

REPLY = Slot(
    WORDS,
    '"<answer>"',
    "Your answer",
    "Who asked is told, and it is recorded.",
    blamed=("reason.length",),
    name="text",
)
"""What is answered to it. Beside the button stands what was asked; a form has to say it."""


def decide_buttons(
    company: Company, dossier: Dossier, person: PersonId, what: Exact
) -> tuple[Button, ...]:
    """Offer the two answers, bound to what is shown; only the one, where nobody waits for a yes.

    That is so where all parts of the stage for which the person is asked have what they need.
    """
    request = dossier.request
    shown, seen = show(request.id), shown_hash(request)
    about = f"{shown}, {what.name} for {name_of(company, request.holder)}"
    yes = Button("Approve", f"approve {shown} @{seen}", Emphasis.PRIMARY, f"Approve {about}")
    says = f"deny {shown} @{seen}"
    no = Button("Deny", says, Emphasis.DANGER, f"Deny {about}", _asks(WHY_NOT))
    return (yes, no) if is_wanted(request.stage, dossier.standing, person) else (no,)


def may_decide(person: PersonId, dossier: Dossier) -> bool:
    """Say whether to offer a person the two answers. Deciding checks it again."""
    request = dossier.request
    return (
        request.is_pending
        and person in {approver.person for approver in request.stage.asked}
        and person not in {request.requester, request.holder}
        and person not in dossier.decided_by
    )


def ask_button(request: Request) -> Button:
    """Offer to ask something before deciding."""
    shown = show(request.id)
    about = f"Ask something about {shown}"
    return Button("Ask…", f"ask {shown}", about=about, asks=_asks(QUESTION))


def answer_button(request: Request) -> Button:
    """Offer to answer what was asked."""
    shown, about = show(request.id), f"Answer the question about {show(request.id)}"
    return Button("Answer…", f"answer {shown}", Emphasis.PRIMARY, about, _asks(REPLY))


def close_button(request: Request, *, names_it: bool = False) -> Button:
    """Offer to say what came of a use of break-glass."""
    shown = show(request.id)
    about = f"Say what came of the emergency of {shown}, and close it"
    return Button(
        f"Close {shown}…" if names_it else "Close…", f"close {shown}", Emphasis.PRIMARY, about
    )


def may_close(person: PersonId, dossier: Dossier) -> bool:
    """Say whether to offer a person to close it. Closing checks it again."""
    closing = dossier.closing
    return (
        closing is not None
        and closing.is_open
        and person in {closer.person for closer in closing.assigned}
        and not dossier.request.is_pending
    )


def details_button(request: Request, *, names_it: bool = False) -> Button:
    """Offer the whole record."""
    shown = show(request.id)
    return Button(
        f"Look at {shown}" if names_it else "Details",
        f"status {shown}",
        about=f"Details of {shown}",
    )


def return_button(request: Request) -> Button:
    """Offer to give access back."""
    shown = show(request.id)
    return Button("Give it back", f"return {shown}", about=f"Give back the access of {shown}")


def extend_button(request: Request) -> Button:
    """Offer to ask that access goes on."""
    shown = show(request.id)
    return Button("Extend…", f"extend {shown}", about=f"Ask that the access of {shown} goes on")


def may_extend(company: Company, dossier: Dossier) -> bool:
    """Say whether to offer to extend access. Asking checks it again."""
    request, grant = dossier.request, dossier.grant
    known = company.entitlement.get(request.entitlement)
    is_there = grant is not None and grant.state is GrantState.ACTIVE
    is_usual = not (request.is_breakglass or request.windows)
    return is_there and is_usual and known is not None and known.extend.times > 0


def _asks(slot: Slot) -> tuple[Field, ...]:
    """Ask for a command's field as its form does."""
    kind = slot.kind
    return (Field(slot.name, slot.label, kind.field_kind, slot.hint, length_max=kind.length_max),)
