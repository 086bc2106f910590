"""Events of ``/agent`` beyond talking: notes, tags, canned replies, drafts, search, handing over, sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.services import consents
from chatgate.services.accounts import agents, audit, devices, roles, second_factor, sign_ins
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.desk import blocking, canned, drafts, handover, inbox, notes, search, tags
from chatgate.services.desk.notes import NewNote
from chatgate.services.learning import curation
from chatgate.storage.queries.inbox import Filters
from chatgate.web import protocol
from chatgate.web.entrance import Answer, Entrance, Event
from chatgate.web.live.peers import Peers
from chatgate.web.live.seats import Seats


@dataclass(frozen=True, slots=True)
class Desk:
    """A socket that was let in, and the cookie that let it in."""

    agent: SignedInAgent
    token: str
    sid: str


class DeskEvents(Entrance):
    """What every desk can do; the role decides who does it."""

    def __init__(self, core: Core, seats: Seats, peers: Peers | None) -> None:
        super().__init__("/agent")
        self._core = core
        self._tokens: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._seats = seats
        self._peers = peers

    def allow(self, who: Desk, event: str) -> None:
        """Refuse what the role of now does not allow.

        Raises:
            Refusal: ``forbidden``.
        """
        roles.check(who.agent.role, event)

    def end_hashed(self, hashes: set[str]) -> None:
        """Close every socket of these cookies, given as hashes."""
        for sid in [sid for sid, token in self._tokens.items() if token_hash(token) in hashes]:
            self.disconnect(sid)

    def end_stale(self) -> None:
        """Close every socket whose sign-in has ended since, wherever it was ended; tell those with another role now."""
        live = sign_ins.still_signed_in(self._core, self._tokens.values())
        for sid, token in list(self._tokens.items()):
            agent = live.get(token)
            if agent is None:
                self.disconnect(sid)
            elif self._roles.get(sid) != agent.role:
                self._roles[sid] = agent.role
                self.emit("agent_ready", agents.agent_view(self._core, agent), to=sid)

    def show(self, desk: Desk, conversation_id: str, state: str) -> None:
        """Tell colleagues that a conversation is on this agent's screen, is written in, or is left."""
        site_id = inbox.site_of(self._core, conversation_id)
        shown = (desk.sid, desk.agent.id, desk.agent.name, conversation_id, state, site_id)
        self._seats.shows(*shown)
        self.say("shows", *shown)

    def say(self, name: str, *arguments: Any) -> None:
        """Have the other processes do the same, when there are any."""
        if self._peers is not None:
            self._peers.say(name, *arguments)

    # -- lists -----------------------------------------------------------------------------------------------

    def _list(self, desk: Desk, payload: protocol.ConversationList) -> Answer:
        return inbox.list_conversations(
            self._core,
            desk.agent,
            view=payload.view,
            limit=payload.limit,
            before=payload.before,
            known=payload.known,
            waiting=payload.sort == "waiting",
            filters=_filters(desk, payload.filters),
        )

    def _search(self, desk: Desk, payload: protocol.ConversationSearch) -> Answer:
        filters = _filters(desk, payload.filters)
        return search.search(self._core, desk.agent, payload.query, filters, payload.limit, payload.before)

    def _agents(self, _desk: Desk, payload: protocol.AgentsList) -> Answer:
        return inbox.list_colleagues(self._core, everybody=payload.all)

    def _tags(self, desk: Desk, _payload: protocol.TagList) -> Answer:
        return tags.list_tags(self._core, desk.agent)

    def _audit(self, _desk: Desk, payload: protocol.AuditList) -> Answer:
        return audit.list_events(self._core, payload.limit, payload.before)

    # -- work on one conversation ------------------------------------------------------------------------------

    def _note(self, desk: Desk, payload: protocol.NoteAdd) -> Answer:
        new = NewNote(payload.conversation_id, payload.client_id, payload.body)
        return notes.add_note(self._core, desk.agent, new)

    def _assign(self, desk: Desk, payload: protocol.ConversationAssign) -> Answer:
        return handover.assign(self._core, desk.agent, payload.conversation_id, payload.agent_id)

    def _transfer(self, desk: Desk, payload: protocol.ConversationTransfer) -> Answer:
        note = NewNote(payload.conversation_id, payload.client_id, payload.note) if payload.note.strip() else None
        return handover.transfer(self._core, desk.agent, payload.conversation_id, payload.agent_id, note)

    def _close(self, desk: Desk, payload: protocol.ConversationClose) -> Answer:
        return handover.close(self._core, desk.agent, payload.conversation_id, payload.reason)

    def _reopen(self, desk: Desk, payload: protocol.ConversationReopen) -> Answer:
        return handover.reopen(self._core, desk.agent, payload.conversation_id)

    def _tag_add(self, desk: Desk, payload: protocol.TagChange) -> Answer:
        return tags.add_tag(self._core, desk.agent, payload.conversation_id, payload.name)

    def _tag_remove(self, desk: Desk, payload: protocol.TagChange) -> Answer:
        return tags.remove_tag(self._core, desk.agent, payload.conversation_id, payload.name)

    def _draft(self, desk: Desk, payload: protocol.DraftSet) -> Answer:
        return drafts.set_draft(self._core, desk.agent, payload.conversation_id, payload.kind, payload.body)

    def _block(self, desk: Desk, payload: protocol.VisitorBlock) -> Answer:
        if payload.on:
            return blocking.block_visitor(self._core, desk.agent, payload.conversation_id, payload.reason)
        return blocking.unblock_visitor(self._core, desk.agent, payload.conversation_id)

    def _seen(self, desk: Desk, payload: protocol.MessageSeen) -> Answer:
        if payload.conversation_id is None:
            raise Refusal("payload_invalid", field="conversation_id")
        inbox.mark_seen(self._core, desk.agent, payload.conversation_id, payload.seq)
        return {}

    def _viewing(self, desk: Desk, payload: protocol.Viewing) -> Answer:
        self.show(desk, payload.conversation_id, "viewing" if payload.on else "gone")
        return {"colleagues": self._seats.colleagues.others(desk.agent.id, payload.conversation_id)}

    def _withdraw(self, desk: Desk, payload: protocol.ConsentWithdraw) -> Answer:
        choices = dict.fromkeys(payload.purposes, False)
        request = ChangeRequest(choices, actor=f"agent:{desk.agent.id}", reason=payload.reason)
        answer = consents.change_consent(self._core, payload.conversation_id, request)
        audit.record(self._core, desk.agent, "consent_withdrawn", payload.conversation_id, payload.reason)
        # The receipt is the visitor's own: an agent gets the new state and no copy.
        return {"consent": answer["consent"]}

    # -- the training store ---------------------------------------------------------------------------------------

    def _training_list(self, _desk: Desk, payload: protocol.TrainingList) -> Answer:
        return curation.list_items(self._core, payload.view, payload.limit, payload.before)

    def _training_read(self, desk: Desk, payload: protocol.TrainingRef) -> Answer:
        return curation.read_item(self._core, desk.agent, payload.item_id)

    def _training_decide(self, desk: Desk, payload: protocol.TrainingDecide) -> Answer:
        return curation.decide(self._core, desk.agent, payload.item_id, payload.decision, payload.reason.strip())

    # -- canned replies ----------------------------------------------------------------------------------------

    def _canned_list(self, _desk: Desk, payload: protocol.CannedList) -> Answer:
        return canned.list_canned(self._core, payload.locale)

    def _canned_save(self, desk: Desk, payload: protocol.CannedSave) -> Answer:
        saved = canned.save_canned(
            self._core, desk.agent, payload.id, payload.locale, payload.shortcut, payload.title, payload.body
        )
        self.emit("canned_changed", {})
        return saved

    def _canned_delete(self, desk: Desk, payload: protocol.CannedRef) -> Answer:
        canned.delete_canned(self._core, desk.agent, payload.id)
        self.emit("canned_changed", {})
        return {}

    def _canned_render(self, desk: Desk, payload: protocol.CannedRender) -> Answer:
        return canned.render_canned(self._core, desk.agent, payload.id, payload.conversation_id)

    # -- signing in --------------------------------------------------------------------------------------------

    def _sign_in_list(self, desk: Desk, _payload: protocol.SignInList) -> Answer:
        return sign_ins.list_sign_ins(self._core, desk.agent, desk.token)

    def _sign_in_revoke(self, desk: Desk, payload: protocol.SignInRevoke) -> Answer:
        ended = sign_ins.revoke(self._core, desk.agent, desk.token, payload.id)
        answer = sign_ins.list_sign_ins(self._core, desk.agent, desk.token)
        self.end_hashed(ended)
        self.say("sign_ins_changed")
        return answer

    def _push_key(self, _desk: Desk, _payload: protocol.PushKeyGet) -> Answer:
        return devices.push_key(self._core)

    def _push_subscribe(self, desk: Desk, payload: protocol.PushSubscribe) -> Answer:
        return devices.subscribe(self._core, desk.token, payload.endpoint, payload.p256dh, payload.auth)

    def _push_unsubscribe(self, desk: Desk, payload: protocol.PushUnsubscribe) -> Answer:
        return devices.unsubscribe(self._core, desk.token, payload.endpoint)

    def _factor_start(self, desk: Desk, _payload: protocol.TwoFactorStart) -> Answer:
        return second_factor.start(self._core, desk.agent)

    def _factor_confirm(self, desk: Desk, payload: protocol.TwoFactorConfirm) -> Answer:
        return second_factor.confirm(self._core, desk.agent, payload.code)

    def _factor_off(self, desk: Desk, payload: protocol.TwoFactorOff) -> Answer:
        return second_factor.switch_off(self._core, desk.agent, payload.code)

    def _agent_add(self, desk: Desk, payload: protocol.AgentAdd) -> Answer:
        added = agents.add_colleague(self._core, desk.agent, payload.email, payload.name, payload.role)
        # Colleagues learn who is new, and never the password.
        self._tell_agents({"agent": added["agent"], "role": added["role"], "active": True})
        return added

    def _agent_change(self, desk: Desk, payload: protocol.AgentChange) -> Answer:
        changed = sign_ins.change_agent(
            self._core, desk.agent, payload.agent_id, payload.role, payload.active, payload.reason
        )
        self._tell_agents(changed)
        return changed

    def _agent_remove(self, desk: Desk, payload: protocol.AgentRemove) -> Answer:
        removed = sign_ins.remove_agent(self._core, desk.agent, payload.agent_id, payload.reason)
        self._tell_agents(removed)
        return removed

    def _tell_agents(self, changed: dict[str, Any]) -> None:
        """Tell every agent that one of them is another one now; a sign-in that ended with it loses its sockets."""
        self.emit("agent_changed", changed)
        self.say("agents_hear", "agent_changed", changed)
        self.end_stale()
        self.say("sign_ins_changed")


def _filters(desk: Desk, asked: protocol.ConversationFilters | None) -> Filters:
    if asked is None:
        return Filters()
    return inbox.filters_of(
        desk.agent,
        tag=asked.tag,
        assigned=asked.agent,
        consent=asked.consent,
        locale=asked.locale,
        active_from=asked.active_from,
        active_to=asked.active_to,
    )


def _events(**known: tuple[Any, Any]) -> Mapping[str, Event]:
    return MappingProxyType({name: Event(model, handle) for name, (model, handle) in known.items()})


DESK_EVENTS = _events(
    conversation_list=(protocol.ConversationList, DeskEvents._list),
    conversation_search=(protocol.ConversationSearch, DeskEvents._search),
    agents_list=(protocol.AgentsList, DeskEvents._agents),
    tag_list=(protocol.TagList, DeskEvents._tags),
    audit_list=(protocol.AuditList, DeskEvents._audit),
    training_list=(protocol.TrainingList, DeskEvents._training_list),
    training_read=(protocol.TrainingRef, DeskEvents._training_read),
    training_decide=(protocol.TrainingDecide, DeskEvents._training_decide),
    note_add=(protocol.NoteAdd, DeskEvents._note),
    conversation_assign=(protocol.ConversationAssign, DeskEvents._assign),
    conversation_transfer=(protocol.ConversationTransfer, DeskEvents._transfer),
    conversation_close=(protocol.ConversationClose, DeskEvents._close),
    conversation_reopen=(protocol.ConversationReopen, DeskEvents._reopen),
    tag_add=(protocol.TagChange, DeskEvents._tag_add),
    tag_remove=(protocol.TagChange, DeskEvents._tag_remove),
    draft_set=(protocol.DraftSet, DeskEvents._draft),
    visitor_block=(protocol.VisitorBlock, DeskEvents._block),
    message_seen=(protocol.MessageSeen, DeskEvents._seen),
    viewing=(protocol.Viewing, DeskEvents._viewing),
    consent_withdraw=(protocol.ConsentWithdraw, DeskEvents._withdraw),
    canned_list=(protocol.CannedList, DeskEvents._canned_list),
    canned_save=(protocol.CannedSave, DeskEvents._canned_save),
    canned_delete=(protocol.CannedRef, DeskEvents._canned_delete),
    canned_render=(protocol.CannedRender, DeskEvents._canned_render),
    sign_in_list=(protocol.SignInList, DeskEvents._sign_in_list),
    sign_in_revoke=(protocol.SignInRevoke, DeskEvents._sign_in_revoke),
    push_key=(protocol.PushKeyGet, DeskEvents._push_key),
    push_subscribe=(protocol.PushSubscribe, DeskEvents._push_subscribe),
    push_unsubscribe=(protocol.PushUnsubscribe, DeskEvents._push_unsubscribe),
    two_factor_start=(protocol.TwoFactorStart, DeskEvents._factor_start),
    two_factor_confirm=(protocol.TwoFactorConfirm, DeskEvents._factor_confirm),
    two_factor_off=(protocol.TwoFactorOff, DeskEvents._factor_off),
    agent_add=(protocol.AgentAdd, DeskEvents._agent_add),
    agent_change=(protocol.AgentChange, DeskEvents._agent_change),
    agent_remove=(protocol.AgentRemove, DeskEvents._agent_remove),
)
"""Every event of the desk, with what it takes."""
