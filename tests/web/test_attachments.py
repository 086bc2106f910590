"""Files over HTTP: refused before consent without reading them, bounded, and handed out so that nothing runs."""

import io
import urllib.error
import urllib.request

import pytest

from chatgate.ids import new_token
from chatgate.services import sites
from tests import sample_files
from tests.cast import ADAM, PASSWORD, SITE, welcome
from tests.fingerprint import holding
from tests.live import handshake

CANARY = "canary-77aa1c"


class Counted(io.BytesIO):
    """A body that notes how much of it was read."""

    taken = 0

    def read(self, size=-1):
        piece = super().read(size)
        self.taken += len(piece)
        return piece


@pytest.fixture
def vera(app):
    return welcome(app.config["CHATGATE"])


def bearer(vera):
    return {"Authorization": f"Bearer {vera.opened['session_token']}"}


def upload(client, vera, data=None, name="cup.jpg", **headers):
    """Upload as Vera."""
    headers = {**bearer(vera), "X-Client-Id": new_token("file"), "X-File-Name": name, **headers}
    data = sample_files.photo() if data is None else data
    return client.post(f"/v1/conversations/{vera.conversation_id}/attachments", data=data, headers=headers)


@pytest.fixture
def adam(app):
    """A client that is signed in."""
    client = app.test_client()
    assert client.post("/inbox/sign-in", json={"email": ADAM, "password": PASSWORD}).status_code == 200
    return client


def test_a_visitor_uploads_sends_and_downloads(app, client, vera, adam):
    answer = upload(client, vera, name="m%C3%B3j%20kubek.jpg")
    assert answer.status_code == 201
    file = answer.json["attachment"]
    assert file["name"] == "mój kubek.jpg"
    message = {"client_id": new_token("m"), "body": "", "attachment_ids": [file["id"]]}
    path = f"/v1/conversations/{vera.conversation_id}/messages"
    assert client.post(path, json=message, headers=bearer(vera)).json["attachments"] == [file]
    one = client.get(f"/v1/conversations/{vera.conversation_id}/attachments/{file['id']}", headers=bearer(vera))
    other = adam.get(f"/inbox/attachments/{file['id']}")
    for got in (one, other):
        assert got.status_code == 200
        assert len(got.data) == file["size_bytes"]
        assert got.content_type == "image/jpeg"
        assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''m%C3%B3j%20kubek.jpg"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Cache-Control"] == "private, no-store"
        assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Set-Cookie" not in got.headers


def test_no_body_is_read_before_consent(app, client, fingerprint):
    core = app.config["CHATGATE"]
    vera, before = welcome(core), None
    before = fingerprint(core)
    wrong = [{}, {"Authorization": "Bearer nothing"}, {"Authorization": f"Bearer {vera.opened['receipt']['token']}"}]
    for headers in wrong:
        body = Counted(CANARY.encode() * 1000)
        environ = {"wsgi.input": body, "CONTENT_LENGTH": str(len(CANARY) * 1000)}
        answer = client.post(
            f"/v1/conversations/{vera.conversation_id}/attachments",
            headers={**headers, "X-Client-Id": new_token("file"), "X-File-Name": CANARY},
            environ_overrides=environ,
        )
        assert answer.status_code in (401, 403, 404)
        assert answer.json["code"] in ("consent_required", "session_invalid", "not_found")
        assert body.taken == 0
    assert fingerprint(core) == before
    assert holding(core.settings.data_dir, CANARY) == []


def test_another_conversation_is_not_found(app, client, vera):
    mallory = welcome(app.config["CHATGATE"], limiter_key="m")
    file = upload(client, vera).json["attachment"]
    path = f"/v1/conversations/{vera.conversation_id}/attachments"
    for method, address in (("post", path), ("get", f"{path}/{file['id']}"), ("delete", f"{path}/{file['id']}")):
        answer = getattr(client, method)(address, headers=bearer(mallory))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    own = f"/v1/conversations/{mallory.conversation_id}/attachments/{file['id']}"
    assert client.get(own, headers=bearer(mallory)).status_code == 404


@pytest.mark.parametrize("case", sample_files.DISGUISED)
def test_a_disguised_file_gets_its_reason(client, vera, case):
    name, data, reason = sample_files.DISGUISED[case]
    answer = upload(client, vera, data, name)
    assert (answer.status_code, answer.json["code"]) == (415, "attachment_refused")
    assert answer.json["params"] == {"reason": reason}


def test_a_large_file_is_refused_before_it_is_read_or_at_the_first_byte_too_many(app, client, vera):
    sites.set_site(app.config["CHATGATE"], SITE, {"attachment_max_megabytes": 1})
    headers = {**bearer(vera), "X-Client-Id": new_token("file"), "X-File-Name": "a.jpg"}
    for length, taken in (("5000000", 0), (None, 1_000_001)):
        body = Counted(b"\xff" * 5_000_000)
        environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        if length:
            environ = {"wsgi.input": body, "CONTENT_LENGTH": length}
        path = f"/v1/conversations/{vera.conversation_id}/attachments"
        answer = client.post(path, headers=headers, environ_overrides=environ)
        assert (answer.status_code, answer.json["code"]) == (413, "attachment_too_large")
        assert answer.json["params"] == {"limit_bytes": 1_000_000}
        assert body.taken == taken


def test_a_file_of_megabytes_passes_although_other_requests_may_not_be_so_large(client, vera):
    assert upload(client, vera, sample_files.pdf(b"x" * 3_000_000), "a.pdf").status_code == 201


@pytest.mark.parametrize("client_id", ["", "short", "with space and more", "x" * 65])
def test_an_upload_needs_a_client_id(client, vera, client_id):
    answer = upload(client, vera, **{"X-Client-Id": client_id})
    assert (answer.status_code, answer.json["code"]) == (400, "payload_invalid")


def test_an_unsent_file_can_be_taken_back(app, client, vera):
    file = upload(client, vera).json["attachment"]
    path = f"/v1/conversations/{vera.conversation_id}/attachments/{file['id']}"
    assert client.delete(path, headers=bearer(vera)).status_code == 200
    assert client.get(path, headers=bearer(vera)).status_code == 404
    assert app.config["CHATGATE"].storage.row_counts(["attachment"]) == {"attachment": 0}


def test_an_agent_uploads_from_our_own_origin_only(client, vera, adam):
    path = f"/inbox/conversations/{vera.conversation_id}/attachments"
    headers = {"X-Client-Id": new_token("file"), "X-File-Name": "a.pdf"}
    foreign = {**headers, "Origin": "https://shop.example"}
    assert adam.post(path, data=sample_files.pdf(), headers=foreign).json["code"] == "origin_not_allowed"
    assert client.post(path, data=sample_files.pdf(), headers=headers).json["code"] == "sign_in_required"
    own = adam.post(path, data=sample_files.pdf(), headers={**headers, "Origin": "http://localhost"})
    assert own.status_code == 201
    file = own.json["attachment"]
    visitors = f"/v1/conversations/{vera.conversation_id}/attachments/{file['id']}"
    assert client.get(visitors, headers=bearer(vera)).status_code == 404
    assert adam.delete(f"{path}/{file['id']}").status_code == 200


def test_a_shop_page_that_is_not_the_sites_may_not_upload(client, vera):
    answer = upload(client, vera, Origin="https://mallory.example")
    assert answer.json["code"] == "origin_not_allowed"
    assert upload(client, vera, Origin="https://shop.example").status_code == 201


def test_uploads_at_once_are_bounded(app, vera, client):
    """While three of a conversation are read, a fourth waits for its turn."""
    answers = []

    class WithAnotherInside(io.BytesIO):
        depth = 1

        def read(self, size=-1):
            if self.tell() == 0 and self.depth < 4:
                answers.append(nested(self.depth + 1))
            return super().read(size)

    def nested(depth):
        body = WithAnotherInside(sample_files.photo())
        body.depth = depth
        environ = {"wsgi.input": body, "CONTENT_LENGTH": str(len(sample_files.photo()))}
        headers = {**bearer(vera), "X-Client-Id": new_token("file"), "X-File-Name": "a.jpg"}
        path = f"/v1/conversations/{vera.conversation_id}/attachments"
        return app.test_client().post(path, headers=headers, environ_overrides=environ).status_code

    answers.append(nested(1))
    assert answers == [429, 201, 201, 201]
    assert upload(client, vera).status_code == 201


def test_a_running_server_refuses_without_a_word_in_its_log(start_server):
    """In threads beside its loop, where gevent would print what they raise."""
    server = start_server()
    opened = server.request(f"/v1/sites/{SITE}/sessions", handshake(server), Content_Type="application/json").json
    for case, (name, data, _reason) in sample_files.DISGUISED.items():
        request = urllib.request.Request(
            f"{server.url}/v1/conversations/{opened['conversation']['id']}/attachments",
            data=data,
            headers={
                "Authorization": f"Bearer {opened['session_token']}",
                "X-Client-Id": new_token("file"),
                "X-File-Name": name,
                "Content-Type": "application/octet-stream",
            },
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        assert refused.value.code in (415, 429), case
        refused.value.close()
    assert server.log_path.with_suffix(".stderr").read_text(encoding="utf-8") == ""
    log = server.log_path.read_text(encoding="utf-8")
    assert sample_files.COMMENT_CANARY.decode() not in log
    assert "PIL" not in log
