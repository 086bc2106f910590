"""Pages and files for browsers: compressed once, and the widget's page starts what it needs first."""

import gzip
import json
import re

import pytest

from chatgate.i18n import BUILT
from tests.cast import SITE

MANIFEST = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ["/widget.js?site=demo", f"/assets/{MANIFEST['visitor.js']}"])
def test_scripts_travel_compressed_to_who_takes_it(client, path):
    plain = client.get(path)
    squeezed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert plain.headers["Vary"] == squeezed.headers["Vary"] == "Accept-Encoding"


def test_gzip_with_quality_zero_is_a_no(client):
    answer = client.get("/widget.js?site=demo", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers


def test_the_loader_is_not_sent_again_while_it_is_the_same(client):
    headers = {"Accept-Encoding": "gzip"}
    etag = client.get("/widget.js?site=demo", headers=headers).headers["ETag"]
    assert client.get("/widget.js?site=demo", headers={**headers, "If-None-Match": etag}).status_code == 304
    assert client.get("/widget.js?site=demo").headers["ETag"] != etag


def test_the_widgets_page_asks_for_the_notice_in_its_own_language_before_the_script_is_there(client):
    page = client.get(f"/widget/{SITE}?locale=pl-PL").text
    assert f'"/v1/sites/{SITE}/notice?locale=pl"' in page
    catalog = re.search(r'as="fetch" crossorigin href="([^"]+)"', page)
    assert catalog is not None
    assert client.get(catalog[1]).status_code == 200
    script = f"/assets/{MANIFEST['visitor.js']}"
    assert page.index("/notice?locale") < page.index(MANIFEST["visitor.css"]) < page.index(script)


def test_a_language_without_a_catalog_is_left_to_the_script(client):
    assert "/notice?locale" not in client.get(f"/widget/{SITE}?locale=fi").text


def test_the_catalog_is_asked_for_before_the_script_is_there_in_english_too(client):
    page = client.get(f"/widget/{SITE}?locale=en-GB").text
    assert "/notice?locale=en" in page
    catalog = re.search(r'<link rel="preload" as="fetch" crossorigin href="([^"]+)">', page)
    assert catalog is not None
    assert client.get(catalog[1]).status_code == 200


def test_every_script_in_the_page_carries_its_nonce(client):
    answer = client.get(f"/widget/{SITE}?locale=pl")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    scripts = [tag for tag in re.findall(r"<script[^>]*>", answer.text) if "application/json" not in tag]
    assert len(scripts) == 2
    assert all(nonce[1] in tag for tag in scripts)
