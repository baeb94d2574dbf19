"""Emergencies are announced loudly: to the admins' channel, to owners and to compliance."""

from __future__ import annotations

from datetime import timedelta

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from engine.model.identifiers import PlatformName
from tests.adapters.chat.company import acme
from tests.adapters.chat.town import Town

EMILY, INGRID, MARCUS = "emily.clarke", "ingrid.solberg", "marcus.webb"
SAY = 'breakglass payments-db 30m "INC-4711 payments are stuck since nine"'
HEAD = "JIT-1, break-glass, Payments database, read and write for Emily Clarke: "


def admins(town: Town) -> list[str]:
    """Read the titles in the admins' channel."""
    channel = acme().admin_channels[PlatformName("playground")]
    return [card.title for card in town.chat.shown(Place(channel=channel))]


def newest(town: Town, person: str) -> Card:
    """Read what the bot wrote to somebody last."""
    return town.direct(person)[-1]


def test_the_admins_hear_of_it_at_once(town: Town) -> None:
    """That the glass was broken, that somebody is in, and everything that ends it."""
    town.say(EMILY, SAY)
    assert admins(town) == [f"{HEAD}the glass was broken", f"{HEAD}access given"]

    town.say("tomas.silva", 'deny JIT-1 "INC-4711 was closed an hour ago"')

    assert admins(town)[2:] == [f"{HEAD}denied", f"{HEAD}revoked", f"{HEAD}access is gone"]


def test_owners_and_compliance_are_written_to(town: Town) -> None:
    """Everybody who watches over it, in person; nobody else."""
    town.say(EMILY, SAY)

    for person in (INGRID, MARCUS):
        assert newest(town, person).title == f"{HEAD}access given"
    assert not town.direct("riya.patel")


def test_what_is_asked_for_as_usual_makes_no_noise(town: Town) -> None:
    """The admins hear of what somebody has to look at, and of nothing else."""
    town.ask()
    town.approve("ben.okafor")

    assert admins(town) == []


def test_the_button_to_close_it_goes_once_it_is_closed(town: Town) -> None:
    """From everybody who was asked to."""
    town.say(EMILY, SAY)
    town.approve("tomas.silva", "helen.moreau")
    town.wait(timedelta(minutes=30))
    labels = [button.label for button in newest(town, INGRID).buttons]
    assert labels == ["Close…", "Details"]

    town.say("victor.amadi", 'close JIT-1 justified "three payments were released"')

    titles = {card.title: [b.label for b in card.buttons] for card in town.direct(INGRID)}
    assert titles[f"{HEAD}to be closed"] == ["Details"]
    assert titles[f"{HEAD}closed"] == ["Details"]


def test_many_to_close_are_shown_without_end(town: Town) -> None:
    """The dashboard shows what waits, and says so in a sentence."""
    town.say(EMILY, SAY)
    town.approve("tomas.silva", "helen.moreau")
    town.wait(timedelta(minutes=30))

    home = town.card(INGRID, "home")

    assert "1 emergency to close" in home.plain()
    assert "to be closed by you" in home.plain()


def test_the_catalog_says_for_what_one_may_break_the_glass(town: Town) -> None:
    """To those who may, beside what may be asked for as usual."""
    assert "4 hours; 1 hour with `breakglass`" in town.card(EMILY, "catalog").plain()
    assert "breakglass" not in town.card("riya.patel", "catalog").plain()
