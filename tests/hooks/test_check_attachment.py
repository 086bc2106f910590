"""check_attachment: a veto before a file is stored, by what it is or by its bytes."""

import pytest

from chatgate import Manifest, Purpose, Refusal, hookimpl
from chatgate.testing import agreed, attachment_context, chain_of
from tests.hooks.builders import refused


class NoDocuments:
    @hookimpl
    def check_attachment(self, context):
        if context.media_type == "application/pdf":
            raise Refusal("attachment_refused", reason="type")


class NoSecrets:
    manifest = Manifest(purposes=["support"])

    @hookimpl
    def check_attachment(self, context, content):
        if b"secret" in content:
            raise Refusal("attachment_refused", reason="malware")


def check(middleware, content=b"", covers=None, **changes):
    context = attachment_context(**changes)
    chain_of(middleware).check("check_attachment", covers or agreed("support"), context=context, content=content)


def test_a_file_is_refused_by_what_it_is_without_a_manifest():
    check(NoDocuments)
    with pytest.raises(Refusal, match="attachment_refused"):
        check(NoDocuments, media_type="application/pdf")


def test_a_file_is_refused_by_its_bytes():
    check(NoSecrets, b"a photo")
    with pytest.raises(Refusal) as error:
        check(NoSecrets, b"a secret")
    assert error.value.detail == {"reason": "malware"}


def test_who_reads_the_bytes_says_why():
    class Nosy:
        check_attachment = NoSecrets.check_attachment

    refused("names `content`", Nosy)


def test_a_check_that_could_be_skipped_is_no_check():
    class Optional:
        manifest = Manifest(purposes=[Purpose.SUPPORT, Purpose.TRAINING])
        check_attachment = NoSecrets.check_attachment

    refused("would be skipped", Optional)


def test_a_check_that_fails_refuses():
    class Broken:
        @hookimpl
        def check_attachment(self, context):
            raise OSError("canary")

    with pytest.raises(Refusal, match="middleware_error"):
        check(Broken)
