"""transform_transcript: replaces a transcript on its way into the training store."""

from chatgate import Manifest, hookimpl
from chatgate.testing import agreed, chain_of, training_export_context, transcript


class Lowering:
    manifest = Manifest(purposes=["training"])

    @hookimpl
    def transform_transcript(self, transcript):
        return transcript.with_bodies(tuple(line.body.lower() for line in transcript.lines))


def transform(covers):
    return chain_of(Lowering).transform(
        "transform_transcript",
        "transcript",
        covers,
        context=training_export_context(),
        transcript=transcript("HELLO", "Hi", known_names=["Vera"]),
    )


def test_the_new_transcript_replaces_the_old():
    assert transform(agreed("training")) == transcript("hello", "hi", known_names=["Vera"])


def test_without_the_consent_it_is_not_seen():
    assert transform(agreed("support")).lines[0].body == "HELLO"
