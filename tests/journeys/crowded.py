"""A shop in which every page of the inbox is full: long names, words without a break, every state of a transcript."""

from chatgate.ids import new_token
from chatgate.services import consents, conversations, messages
from chatgate.services.accounts import agents, sign_ins
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.desk import blocking, canned, handover, notes, tags
from chatgate.services.desk.notes import NewNote
from chatgate.services.rights import subjects
from tests.cast import ADAM, PASSWORD, Vera, signed_in, welcome
from tests.desks import hired

LONG_NAME = "Aleksandra Wiśniewska-Grzegżółkowska von Hohenzollern"
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_TITLE = "How somebody who bought two teapots sends back only the one that came broken"


def crowd(core: Core) -> list[Vera]:
    """Fill a shop, and return its visitors; the first one agreed to both purposes and waits for an answer."""
    adam = signed_in(core, ADAM)
    visitors = [welcome(core, training=number % 2 == 0, limiter_key=f"v{number}") for number in range(8)]
    _staff(core)
    _talk(core, adam, visitors)
    _write_replies(core, adam)
    _finish(core, adam, visitors)
    return visitors


def _staff(core: Core) -> None:
    agents.add_agent(core, "olga@kilnandcup.example", "Olga", "privacy_officer", PASSWORD)
    gone = hired(core, "Otto")
    sign_ins.change_agent(core, None, gone.id, None, False, "left the shop for a post in a town with a very long name")
    agents.add_agent(core, "a@kilnandcup.example", LONG_NAME, "agent", PASSWORD)
    for _ in range(2):
        agents.sign_in(core, ADAM, PASSWORD, "key")


def _talk(core: Core, adam: SignedInAgent, visitors: list[Vera]) -> None:
    names = ("Vera", LONG_NAME, UNBROKEN[:60], "Łucja", "", "Jonas", "Ines", "Bo")
    for number, (vera, name) in enumerate(zip(visitors, names, strict=True)):
        vera.writes("Does the cup survive a dishwasher?" if number != 2 else UNBROKEN)
        if name:
            conversations.set_profile(core, vera.conversation_id, {"name": name, "email": "v@shop.example"})
    first = visitors[0].conversation_id
    for line in ("Good morning", f"See https://kilnandcup.example/{UNBROKEN}", UNBROKEN):
        messages.post_agent_message(core, adam, first, new_token("m"), line)
    visitors[0].writes("And how long does the parcel take to Żyrardów?")
    tags.add_tag(core, adam, first, UNBROKEN[:32])
    tags.add_tag(core, adam, first, "damaged")
    notes.add_note(core, adam, NewNote(first, "note-0001", f"Third broken handle this week. {UNBROKEN}"))


def _write_replies(core: Core, adam: SignedInAgent) -> None:
    replies = (
        ("returns-of-one-of-two-teapots", "en", LONG_TITLE, "Hello {{visitor_name|there}}, you have thirty days."),
        ("norway", "en", "Countries", "We ship to the EU, Norway and Switzerland, in three to five days."),
        ("zwrot", "pl", "Zwrot towaru", "Dzień dobry, na zwrot jest trzydzieści dni. {{agent_name}}"),
        ("bau", "de", UNBROKEN, UNBROKEN),
    )
    for shortcut, locale, title, body in replies:
        canned.save_canned(core, adam, None, locale, shortcut, title, body)


def _finish(core: Core, adam: SignedInAgent, visitors: list[Vera]) -> None:
    consents.change_consent(core, visitors[2].conversation_id, ChangeRequest({"training": False}))
    visitors[4].writes("I have an allergy, is the glaze safe?")
    for vera in visitors[4:7]:
        handover.close(core, adam, vera.conversation_id, "answered, and the parcel is on its way")
    blocking.block_visitor(core, adam, visitors[7].conversation_id, "insults")
    for kind in ("access", "restriction"):
        subjects.ask(core, visitors[3].conversation_id, kind, actor=adam.id, reason="letter of 2 March")
