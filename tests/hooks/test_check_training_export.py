"""check_training_export: keeps a transcript out of the training store, although the visitor agreed."""

import pytest

from chatgate import Manifest, Refusal, hookimpl
from chatgate.testing import agreed, chain_of, training_export_context, transcript


class LongEnough:
    manifest = Manifest(purposes=["training"])

    @hookimpl
    def check_training_export(self, transcript):
        if len(transcript.lines) < 2:
            raise Refusal("too_short")


class EnglishOnly:
    @hookimpl
    def check_training_export(self, context):
        if context.locale != "en":
            raise Refusal("other_language")


def check(middleware, *bodies, **changes):
    chain_of(middleware).check(
        "check_training_export",
        agreed("training"),
        context=training_export_context(**changes),
        transcript=transcript(*bodies),
    )


def test_the_code_says_why_a_transcript_stays_out():
    with pytest.raises(Refusal, match="too_short"):
        check(LongEnough, "hello")
    check(LongEnough, "hello", "good day")


def test_without_a_manifest_it_decides_by_the_context_alone():
    with pytest.raises(Refusal, match="other_language"):
        check(EnglishOnly, "dzień dobry", locale="pl")
    check(EnglishOnly, "hello")
