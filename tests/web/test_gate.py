"""Nothing opens before an accepted consent: every socket event, every route, and no trace of what was refused."""

from types import MappingProxyType

import pytest

from chatgate.models.tables import METADATA
from chatgate.web import protocol
from chatgate.web.access import PUBLIC
from chatgate.web.agent_socket import AgentNamespace
from chatgate.web.entrance import Entrance, Event
from chatgate.web.visitor_socket import VisitorNamespace
from tests.cast import decision, shown
from tests.fingerprint import holding

CANARY = "canary-5c1d9e0f"
SID = "a-socket-that-was-never-let-in"
PUBLIC_ROUTES = {
    "/",
    "/widget.js",
    "/widget/<site_id>",
    "/notices/<sha256>",
    "/assets/<path:name>",
    "/inbox",
    "/inbox/push.js",
    "/store/",
    "/store/<path:name>",
    "/demo/rows",
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/sites/<site_id>/notice",
    "/v1/sites/<site_id>/sessions",
    "/inbox/sign-in",
    "/receipt",  # a static page: the capability stands in the fragment, and its calls need it as a bearer
}
"""What anybody may ask for before a consent. A route that is added to this list needs a reason."""


def payload_of(model):
    """Return a payload of a client's model with the canary in every text."""
    given = {}
    for name, field in model.model_fields.items():
        kind = str(field.annotation)
        if "bool" in kind and "dict" in kind:
            given[name] = {"support": True, CANARY: True}
        elif "dict" in kind:
            given[name] = {CANARY: CANARY}
        elif "Literal" in kind:
            given[name] = field.annotation.__args__[0]
        elif "bool" in kind:
            given[name] = True
        elif "int" in kind:
            given[name] = 1
        else:
            given[name] = CANARY
    return given


def entrances(app):
    """Return every registered namespace."""
    return app.extensions["socketio"].server.namespace_handlers


def refused_events(app):
    """Fire every event of every namespace at a socket that was never let in; return those that were answered."""
    opened = []
    for name, namespace in entrances(app).items():
        for event, spec in namespace.events.items():
            answer = namespace.trigger_event(event, SID, payload_of(spec.model))
            if not isinstance(answer, dict) or answer.get("error", {}).get("code") not in (
                "consent_required",
                "sign_in_required",
            ):
                opened.append((name, event))
    return opened


def test_every_socket_handler_passes_the_one_entrance(app):
    server = app.extensions["socketio"].server
    assert server.handlers == {}
    assert set(server.namespace_handlers) == {"/visitor", "/agent"}
    for namespace in server.namespace_handlers.values():
        assert isinstance(namespace, Entrance)
        assert type(namespace).trigger_event is Entrance.trigger_event
        assert [name for name in dir(namespace) if name.startswith("on_")] == []


def test_no_other_namespace_can_be_joined(app):
    assert list(app.extensions["socketio"].server.namespaces) == []


def test_every_event_is_refused_before_consent_and_changes_nothing(app, fingerprint):
    core = app.config["CHATGATE"]
    before = fingerprint(core)
    assert refused_events(app) == []
    assert fingerprint(core) == before
    assert holding(core.settings.data_dir, CANARY) == []


@pytest.mark.parametrize("namespace", [VisitorNamespace, AgentNamespace])
def test_an_event_that_is_added_without_a_guard_of_its_own_is_guarded(app, monkeypatch, namespace):
    reached = []
    added = {"peek": Event(protocol.Empty, lambda *_: reached.append(1) or {})}
    monkeypatch.setattr(namespace, "events", MappingProxyType({**namespace.events, **added}))
    assert refused_events(app) == []
    assert reached == []


def test_the_walk_notices_a_namespace_that_lets_everybody_speak(app, monkeypatch):
    monkeypatch.setattr(VisitorNamespace, "who", lambda *_: None)
    monkeypatch.setattr(
        VisitorNamespace, "events", MappingProxyType({"peek": Event(protocol.Empty, lambda *_: {"rows": 1})})
    )
    assert refused_events(app) == [("/visitor", "peek")]


def test_an_unknown_event_is_refused_before_consent_and_after(app):
    for namespace in entrances(app).values():
        answer = namespace.trigger_event("drop_tables", SID, {"text": CANARY})
        assert answer["error"]["code"] in ("consent_required", "sign_in_required")


def requests_before_consent(app):
    """Send every method to every route that is not public; return the answers that are no refusal."""
    client = app.test_client()
    opened = []
    for rule in app.url_map.iter_rules():
        if rule.rule in PUBLIC_ROUTES:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", CANARY).replace(f"<path:{argument}>", CANARY)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method, json={"body": CANARY, "client_id": CANARY})
            code = answer.json.get("code") if answer.is_json or "problem" in (answer.content_type or "") else None
            if answer.status_code not in (401, 403) or not code:
                opened.append((method, rule.rule, answer.status_code))
    return opened


def test_every_route_that_is_not_public_is_refused_before_consent_and_changes_nothing(app, fingerprint):
    core = app.config["CHATGATE"]
    before = fingerprint(core)
    assert requests_before_consent(app) == []
    assert fingerprint(core) == before
    assert holding(core.settings.data_dir, CANARY) == []


def test_a_route_that_is_added_without_an_access_is_refused(app):
    app.add_url_rule("/v1/transcripts", "transcripts", lambda: "everything")
    assert requests_before_consent(app) == []
    answer = app.test_client().get("/v1/transcripts")
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_the_public_list_is_the_one_that_the_application_enforces(app):
    enforce = app.before_request_funcs[None][0]
    public = {rule.rule for rule in app.url_map.iter_rules() if enforce.__self__.access.get(rule.endpoint) == PUBLIC}
    assert public == PUBLIC_ROUTES


def test_reading_what_is_public_before_consent_stores_nothing_and_sets_no_cookie(app, fingerprint):
    core = app.config["CHATGATE"]
    sha256 = shown(core)["notice"]["sha256"]
    client = app.test_client()
    before = fingerprint(core)
    for path in ("/widget.js?site=demo", "/widget/demo", "/v1/sites/demo/notice?locale=pl", f"/notices/{sha256}"):
        answer = client.get(path, headers={"Cookie": "chatgate_agent=cga_x", "User-Agent": CANARY})
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers
    assert fingerprint(core) == before


REFUSED_ANSWERS = {
    "no decision": ({"choices": None}, "consent_required"),
    "support refused": ({"choices": {"support": False, "training": True}}, "consent_required"),
    "nothing chosen": ({"choices": {}}, "consent_required"),
    "one yes for two purposes": ({"choices": {"accepted": True}}, "purpose_choice_missing"),
    "one purpose left out": ({"choices": {"support": True}}, "purpose_choice_missing"),
    "no display token": ({"display_token": None}, "display_required"),
    "no rendered hash": ({"rendered_sha256": None}, "display_required"),
    "other text on the screen": ({"rendered_sha256": "0" * 64}, "clause_mismatch"),
    "forged token": ({"display_token": f"display.{CANARY}.x"}, "display_token_invalid"),
    "unknown field": ({"consent": "yes"}, "payload_invalid"),
    "a word for a choice": ({"choices": {"support": "true", "training": False}}, "payload_invalid"),
    "a number for a choice": ({"choices": {"support": 1, "training": False}}, "payload_invalid"),
    "no client id": ({"client_id": ""}, "payload_invalid"),
    "a list for a token": ({"display_token": [CANARY]}, "payload_invalid"),
    "a NUL in the page": ({"page_path": "/a\x00b"}, "payload_invalid"),
    "unknown site": ({"site": "nowhere"}, "site_unknown"),
    "a NUL in the site": ({"site": "demo\x00"}, "payload_invalid"),
}


def connect(app, auth, **environ):
    """Try to enter /visitor; return the code of the refusal and its detail."""
    from socketio.exceptions import ConnectionRefusedError as Refused

    with pytest.raises(Refused) as refused:
        entrances(app)["/visitor"].trigger_event("connect", SID, {"REMOTE_ADDR": "192.0.2.7", **environ}, auth)
    return refused.value.error_args["message"], refused.value.error_args["data"]["detail"]


@pytest.mark.parametrize("case", REFUSED_ANSWERS)
def test_a_handshake_that_is_no_consent_is_refused_with_its_code_and_leaves_no_trace(app, fingerprint, case):
    changes, code = REFUSED_ANSWERS[case]
    core = app.config["CHATGATE"]
    payload = {**decision(shown(core)), "widget_build": CANARY, **changes}
    before = fingerprint(core)
    assert connect(app, payload)[0] == code
    assert fingerprint(core) == before
    assert holding(core.settings.data_dir, CANARY) == []


@pytest.mark.parametrize("case", [case for case in REFUSED_ANSWERS if "site" not in case])
def test_the_same_answers_are_refused_over_http(client, app, fingerprint, case):
    changes, code = REFUSED_ANSWERS[case]
    core = app.config["CHATGATE"]
    payload = {**decision(shown(core)), "widget_build": CANARY, **changes}
    before = fingerprint(core)
    answer = client.post("/v1/sites/demo/sessions", json=payload)
    assert answer.status_code >= 400
    assert answer.json["code"] == code
    assert fingerprint(core) == before
    assert holding(core.settings.data_dir, CANARY) == []


@pytest.mark.parametrize("auth", [None, {}, [], "yes", 1, True, {"site": "demo"}, [{"site": "demo"}]])
def test_a_handshake_without_a_decision_is_refused(app, fingerprint, auth):
    core = app.config["CHATGATE"]
    before = fingerprint(core)
    code, _detail = connect(app, auth)
    assert code == "consent_required"
    assert fingerprint(core) == before


def test_a_refusal_for_want_of_consent_carries_the_current_notice(app):
    core = app.config["CHATGATE"]
    expected = shown(core)["notice"]
    for changes in ({"choices": None}, {"choices": {"support": False, "training": False}}):
        _code, detail = connect(app, decision(shown(core), **changes))
        assert detail["notice"]["notice"] == expected
        assert detail["notice"]["display_token"]
    assert connect(app, {"site": "demo"})[1]["notice"]["notice"] == expected


@pytest.mark.parametrize("auth", [{"session_token": CANARY}, {"session_token": f"session.{CANARY}.{CANARY}"}])
def test_a_forged_session_token_is_refused_without_a_trace(app, fingerprint, auth):
    core = app.config["CHATGATE"]
    before = fingerprint(core)
    assert connect(app, auth)[0] == "session_invalid"
    assert fingerprint(core) == before


def test_a_malformed_resumption_is_refused(app):
    for changes in ({"last_seq": -1}, {"last_seq": 2**70}, {"last_seq": "1"}, {"more": 1}):
        assert connect(app, {"session_token": "x", **changes})[0] == "payload_invalid"


def test_every_table_is_part_of_the_fingerprint(app, fingerprint):
    assert set(fingerprint(app.config["CHATGATE"])["rows"]) == set(METADATA.tables)
