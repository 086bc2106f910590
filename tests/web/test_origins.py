"""Who may ask: origins, the CSRF rule, sign-in and its limits, and the answers to malformed requests."""

import pytest

from chatgate.services import sites
from tests.cast import ADAM, PASSWORD, SHOP_ORIGIN, SITE, decision, shown, welcome

OWN = "http://localhost"
EVIL = "https://evil.example"


def sign_in(client, email=ADAM, password=PASSWORD, **headers):
    """Send the inbox's sign-in."""
    return client.post("/inbox/sign-in", json={"email": email, "password": password}, headers=headers)


@pytest.mark.parametrize("origin", [None, OWN, SHOP_ORIGIN])
def test_the_shop_and_we_ourselves_may_ask_for_the_notice(client, origin):
    headers = {"Origin": origin} if origin else {}
    assert client.get(f"/v1/sites/{SITE}/notice", headers=headers).status_code == 200


@pytest.mark.parametrize("origin", [EVIL, "null", "", SHOP_ORIGIN + ":8443", "http://shop.example"])
def test_nobody_else_may(client, app, fingerprint, origin):
    core = app.config["CHATGATE"]
    payload = decision(shown(core))
    vera = welcome(core)
    bearer = f"Bearer {vera.opened['session_token']}"
    before = fingerprint(core)
    answers = [
        client.get(f"/v1/sites/{SITE}/notice", headers={"Origin": origin}),
        client.post(f"/v1/sites/{SITE}/sessions", json=payload, headers={"Origin": origin}),
        client.get("/v1/consent", headers={"Origin": origin, "Authorization": bearer}),
        client.patch(
            "/v1/consent",
            json={"choices": {"support": False}},
            headers={"Origin": origin, "Authorization": bearer},
        ),
        sign_in(client, Origin=origin),
    ]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "origin_not_allowed")] * 5
    assert fingerprint(core) == before


def test_no_answer_allows_another_origin_to_read_it_with_credentials(client):
    for path in (f"/v1/sites/{SITE}/notice", "/inbox/me", "/widget.js?site=demo"):
        headers = client.get(path, headers={"Origin": SHOP_ORIGIN}).headers
        assert "Access-Control-Allow-Credentials" not in headers
        assert headers.get("Access-Control-Allow-Origin") is None


def test_the_frame_may_be_shown_by_the_site_and_by_nobody_else(client):
    policy = client.get(f"/widget/{SITE}").headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {SHOP_ORIGIN};" in policy
    assert "frame-ancestors 'none'" in client.get("/inbox").headers["Content-Security-Policy"]


def test_the_agents_cookie_is_ours_alone(client):
    cookie = sign_in(client).headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in cookie
    assert "Secure" not in cookie
    assert (
        "Secure"
        in client.post(
            "/inbox/sign-in", json={"email": ADAM, "password": PASSWORD}, base_url="https://localhost"
        ).headers["Set-Cookie"]
    )


def test_only_the_hash_of_the_cookie_is_stored(app, client):
    token = sign_in(client).headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    core = app.config["CHATGATE"]
    files = [path.read_bytes() for path in core.settings.data_dir.rglob("*") if path.is_file()]
    assert not any(token.encode() in content for content in files)


def test_a_write_with_the_cookie_from_another_origin_is_refused(client):
    sign_in(client)
    for origin in (EVIL, SHOP_ORIGIN, "null"):
        answer = client.post("/inbox/sign-out", json={}, headers={"Origin": origin})
        assert (answer.status_code, answer.json["code"]) == (403, "origin_not_allowed")
    assert client.get("/inbox/me").json["email"] == ADAM
    assert client.post("/inbox/sign-out", json={}, headers={"Origin": OWN}).status_code == 200
    assert client.get("/inbox/me").status_code == 401


def test_a_sign_in_ends_with_its_time(client, clock):
    sign_in(client)
    clock.advance(hours=11)
    assert client.get("/inbox/me").status_code == 200
    clock.advance(hours=1)
    assert client.get("/inbox/me").status_code == 401


def test_a_wrong_password_an_unknown_address_and_a_retired_agent_get_the_same_answer(app, client):
    from chatgate.services.upkeep import replays

    core = app.config["CHATGATE"]
    gone = replays.add_temporary_agent(core, "gone@shop.example", PASSWORD)
    replays.retire_agent(core, gone)
    answers = [
        sign_in(client, password="wrong horse battery"),
        sign_in(client, email="mallory@shop.example"),
        sign_in(client, email="gone@shop.example"),
        sign_in(client, email="", password=""),
    ]
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(401, "sign_in_failed")}
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_guessing_is_slowed_down_by_place_and_by_address(client, clock):
    for number in range(10):
        sign_in(client, email=f"{number}@shop.example", password="x")
    answer = sign_in(client)
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    clock.advance(seconds=301)
    for number in range(10):
        client.post(
            "/inbox/sign-in",
            json={"email": ADAM, "password": "x"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
    elsewhere = client.post(
        "/inbox/sign-in", json={"email": ADAM.upper(), "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.99"}
    )
    assert elsewhere.json["code"] == "rate_limited"
    clock.advance(seconds=301)
    assert sign_in(client).status_code == 200


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(client):
    for number in range(10):
        sign_in(client, email=f"{number}@shop.example", password="x", **{"X-Forwarded-For": f"203.0.113.{number}"})
    assert sign_in(client, **{"X-Forwarded-For": "203.0.113.99"}).json["code"] == "rate_limited"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"email": 1}', b'{"email": "\\u0000"}'])
def test_a_malformed_body_is_a_coded_answer(client, body):
    for path in ("/inbox/sign-in", f"/v1/sites/{SITE}/sessions"):
        answer = client.post(path, data=body, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (400, "payload_invalid")
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v1/sites/nowhere/notice",
        "/v1/sites/%00/notice",
        "/v1/sites/..%2Fdemo/notice",
        "/widget.js?site=nowhere",
        "/widget.js",
        "/notices/" + "0" * 64,
        "/notices/%00",
        "/notices/x",
        "/assets/nothing.js",
        "/assets/..%2Fmanifest.json",
        "/assets/../../config.py",
        "/assets/%00",
        "/store/",
        "/store/%00",
        "/store/..%2F..%2Fconfig.py",
        "/demo/rows",
    ],
)
def test_what_is_not_there_is_a_coded_404(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json["code"] in ("not_found", "site_unknown")


@pytest.mark.parametrize("name", ["nowhere", "%00", "No_Such", "x" * 300, "%3Cscript%3E"])
def test_the_page_of_a_site_that_is_not_there_is_a_404_with_no_site_in_it(client, name):
    answer = client.get(f"/widget/{name}?locale=%3Cscript%3E")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "frame-ancestors 'self';" in answer.headers["Content-Security-Policy"]
    assert '"site":null' in answer.text
    assert "<script>" not in answer.text


def test_the_page_of_a_site_switched_off_may_still_be_shown_by_its_shop(client, core):
    sites.set_site(core, SITE, {"active": False})
    answer = client.get(f"/widget/{SITE}")
    assert answer.status_code == 404
    assert f"frame-ancestors 'self' {SHOP_ORIGIN};" in answer.headers["Content-Security-Policy"]


def test_a_store_page_cannot_reach_beyond_its_folder(make_core, settings, clock):
    from chatgate.app import create_app

    app = create_app(settings(demo=True), clock)
    core = app.config["CHATGATE"]
    try:
        client = app.test_client()
        assert client.get("/store/").status_code == 200
        for path in ("/store/%00", "/store/..%2Fmanifest.json", "/store/../../config.py", "/store//etc/passwd"):
            assert client.get(path).status_code == 404
    finally:
        core.storage.close()
        core.sinks["database"].close()


def test_a_body_that_is_too_large_is_refused(client):
    answer = client.post(f"/v1/sites/{SITE}/sessions", data=b"x" * 300_000, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "payload_invalid")
