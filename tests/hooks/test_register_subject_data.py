"""register_subject_data: says how data outside the kit's store is handed out and erased."""

import pytest

from chatgate import OperatorError, hookimpl
from chatgate.testing import chain_of


class Notes:
    name = "notes"

    def export(self, conversation_id):
        return {}

    def erase(self, conversation_id):
        pass

    def scrub(self):
        return True


class Forgetful:
    name = "forgetful"

    def export(self, conversation_id):
        return {}


def registering(data):
    class Registering:
        @hookimpl
        def register_subject_data(self):
            return [data]

    return Registering()


def test_the_duty_is_registered():
    notes = Notes()
    assert chain_of(registering(notes)).register("register_subject_data") == [notes]


def test_data_that_cannot_be_erased_stops_the_start():
    with pytest.raises(
        OperatorError,
        match='"bad": register_subject_data failed with WrongResultError: forgetful has no method',
    ):
        chain_of(bad=registering(Forgetful())).register("register_subject_data")
