"""Start-up: what is listed is loaded, and every mistake is one line that names middleware and mend."""

import logging
import subprocess
import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pluggy
import pytest
from pydantic import BaseModel, ConfigDict

from chatgate import Manifest, OperatorError, Purpose, Recipient, StoredData, hookimpl
from chatgate.hooks import discovery
from chatgate.hooks.chain import load_chain
from chatgate.testing import FakeServices, agreed, chain_of, message_context, session_open_context

from .builders import BOTH, SUPPORT, failing, suffix


def plain(**functions):
    """Return an object without a manifest that carries these functions."""
    return type("Plain", (), {name: staticmethod(function) for name, function in functions.items()})()


def refused(match, *args, **named):
    with pytest.raises(OperatorError, match=match) as error:
        chain_of(*args, **named)
    assert "\n" not in str(error.value)


@pytest.fixture
def offered(monkeypatch):
    """Pretend that a package is installed which offers ``quiet`` and ``broken``."""
    entries = {
        "quiet": EntryPoint("quiet", "tests_quiet_middleware", discovery.GROUP),
        "broken": EntryPoint("broken", "tests_no_such_module", discovery.GROUP),
    }
    monkeypatch.setattr(discovery, "installed", lambda: dict(entries))
    module = ModuleType("tests_quiet_middleware")

    @hookimpl
    def check_session_open(context):
        pass

    check_session_open.__module__ = module.__name__
    module.check_session_open = check_session_open
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def load(names, settings=None, extra=None):
    return load_chain(names, settings or {}, FakeServices(), extra or {})


# -- names ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("offered")
def test_an_unlisted_middleware_is_not_imported():
    assert load([]).middlewares == ()


@pytest.mark.usefixtures("offered")
def test_a_listed_middleware_is_imported():
    assert [m.name for m in load(["quiet"]).middlewares] == ["quiet"]


@pytest.mark.usefixtures("offered")
def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(OperatorError, match='"quite"; did you mean "quiet"'):
        load(["quite"])


@pytest.mark.usefixtures("offered")
def test_a_failed_import_names_the_middleware():
    with pytest.raises(OperatorError, match='middleware "broken": its import failed with ModuleNotFoundError'):
        load(["broken"])


@pytest.mark.usefixtures("offered")
def test_a_name_listed_twice_is_refused():
    with pytest.raises(OperatorError, match='"quiet" is listed twice'):
        load(["quiet", "quiet"])


@pytest.mark.usefixtures("offered")
def test_settings_of_nobody_get_a_suggestion():
    with pytest.raises(OperatorError, match=r'\[middleware_settings.quit\] .*did you mean "quiet"'):
        load([], {"quit": {"x": 1}})


@pytest.mark.usefixtures("offered")
def test_settings_of_a_middleware_that_is_switched_off_are_no_mistake():
    load([], {"quiet": {"x": 1}})


@pytest.mark.usefixtures("offered")
def test_objects_given_directly_come_last_unless_listed():
    extra = {"mine": suffix("1"), "yours": suffix("2")}
    assert [m.name for m in load(["yours", "quiet"], extra=extra).middlewares] == ["yours", "quiet", "mine"]


def test_two_packages_with_one_name_are_refused(monkeypatch):
    entries = [EntryPoint("twin", "one", discovery.GROUP), EntryPoint("twin", "two", discovery.GROUP)]
    monkeypatch.setattr(discovery, "entry_points", lambda group: entries)
    with pytest.raises(OperatorError, match=r'two packages offer a middleware "twin" \(one and two\)'):
        load(["twin"])


# -- hooks ---------------------------------------------------------------------------------------------------


def test_a_misspelt_hook_gets_a_suggestion():
    refused('no hook "check_mesage"; did you mean "check_message"', odd=plain(check_mesage=hookimpl(lambda: None)))


def test_a_misspelt_argument_gets_a_suggestion():
    refused(
        'check_session_open has no argument "contex"; did you mean "context"',
        odd=plain(check_session_open=hookimpl(lambda contex: None)),
    )


def test_a_hook_without_its_decorator_is_refused():
    refused("check_message is not called without @hookimpl", odd=plain(check_message=lambda context: None))


def test_a_function_that_looks_like_a_hook_is_warned_about(caplog):
    chain_of(odd=plain(check_messages=lambda context: None))
    assert 'looks like a hook and is none; did you mean "check_message"?' in caplog.text


def test_a_function_with_a_prefix_and_a_name_of_its_own_is_left_alone(caplog):
    caplog.set_level(logging.DEBUG)
    chain_of(odd=plain(on_the_way=lambda: None))
    assert caplog.messages == []


@pytest.mark.parametrize("option", ["tryfirst", "trylast", "wrapper", "hookwrapper"])
def test_only_the_list_orders(option):
    hook = hookimpl(**{option: True})(lambda context: None)
    refused(f"check_session_open asks for {option}; the order is the list", pushy=plain(check_session_open=hook))


def test_pluggys_own_marker_cannot_reorder_either():
    hook = pluggy.HookimplMarker("chatgate")(tryfirst=True)(lambda context: None)
    refused("asks for tryfirst", pushy=plain(check_session_open=hook))


def test_a_hook_cannot_hide_under_another_name():
    hook = pluggy.HookimplMarker("chatgate")(specname="check_message")(lambda context: None)
    refused("takes only `purposes`", sly=plain(check_session_open=hook))


async def _async_hook(context):
    pass


def _generating_hook(context):
    yield


@pytest.mark.parametrize("function", [_async_hook, _generating_hook])
def test_a_hook_that_would_never_run_is_refused(function):
    refused("must be a plain function", odd=plain(check_session_open=hookimpl(function)))


def test_an_argument_with_a_default_is_given_too():
    seen = []
    hook = hookimpl(lambda context=None: seen.append(context))
    chain_of(easy=plain(check_session_open=hook)).check("check_session_open", None, context=session_open_context())
    assert seen == [session_open_context()]


# -- binding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["choose_notice", "transform_message", "on_session_opened", "on_training_retracted"])
def test_without_a_manifest_a_middleware_may_only_tighten(hook):
    refused(f"{hook} needs `manifest", bare=plain(**{hook: hookimpl(lambda: None)}))


@pytest.mark.parametrize(
    ("hook", "function"),
    [("check_message", lambda body: None), ("check_training_export", lambda transcript: None)],
)
def test_without_a_manifest_there_is_no_text(hook, function):
    refused(f"{hook} names `.*`, which carries what people wrote", bare=plain(**{hook: hookimpl(function)}))


def test_without_a_manifest_a_check_always_runs():
    chain = chain_of(bare=plain(check_message=hookimpl(lambda context: 1 / 0)))
    with pytest.raises(Exception, match="middleware_error"):
        chain.check("check_message", agreed(), context=message_context(), body="x")


def test_a_safety_check_bound_to_an_optional_purpose_is_refused():
    refused(
        r"check_message is bound to training, so it would be skipped .*purposes=\[Purpose.SUPPORT\]",
        both=failing(lambda: None, BOTH),
    )


def test_a_hook_may_be_bound_to_less_than_its_middleware():
    class Both:
        manifest = BOTH

        @hookimpl(purposes=[Purpose.SUPPORT])
        def check_message(self, body):
            raise AssertionError

    with pytest.raises(Exception, match="middleware_error"):
        chain_of(both=Both).check("check_message", agreed("support"), context=message_context(), body="x")


def test_an_export_check_bound_to_another_optional_purpose_is_refused():
    class Marketing:
        manifest = Manifest(purposes=["training", "marketing"])

        @hookimpl(purposes=["marketing"])
        def check_training_export(self, transcript):
            pass

    refused("bound to marketing, so it would be skipped", marketing=Marketing())


def test_a_training_hook_needs_training_in_the_manifest():
    class Support:
        manifest = SUPPORT

        @hookimpl
        def transform_transcript(self, transcript):
            pass

    refused("is about training; add Purpose.TRAINING", support=Support())


def test_a_hook_cannot_ask_for_an_undeclared_purpose():
    class Greedy:
        manifest = SUPPORT

        @hookimpl(purposes=["marketing"])
        def on_message_stored(self, event):
            pass

    refused("asks for the purpose marketing; add it to the manifest", greedy=Greedy())


def test_an_unbound_hook_takes_no_purposes():
    class Choosing:
        manifest = SUPPORT

        @hookimpl(purposes=["support"])
        def choose_notice(self):
            pass

    refused("choose_notice always runs and takes no purposes", choosing=Choosing())


def test_a_manifest_without_purposes_sees_no_personal_data():
    refused("must declare for which purposes", empty=failing(lambda: None, Manifest()))


def test_something_else_under_the_name_manifest_is_refused():
    odd = plain(check_session_open=hookimpl(lambda: None))
    type(odd).manifest = {"purposes": ["support"]}
    refused("its `manifest` is no Manifest", odd=odd)


# -- settings and kit ----------------------------------------------------------------------------------------


class Limit(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int = 3


class Limited:
    manifest = Manifest(purposes=["support"], settings=Limit)

    def __init__(self, kit):
        self.kit = kit


def test_settings_are_validated_and_reach_the_kit():
    (middleware,) = chain_of(Limited, settings={"limited": {"limit": 5}}).middlewares
    assert middleware.plugin.kit.settings == Limit(limit=5)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"limti": 5}, r'\[middleware_settings.limited\] has no setting "limti"; did you mean "limit"'),
        ({"limit": "many"}, r"\[middleware_settings.limited\] limit: "),
    ],
)
def test_settings_that_do_not_fit_name_the_key(given, match):
    refused(match, Limited, settings={"limited": given})


def test_settings_for_a_middleware_without_settings_are_refused():
    bare = plain(check_session_open=hookimpl(lambda: None))
    refused(r'"bare" has no settings; remove \[middleware_settings.bare\]', bare=bare, settings={"bare": {"x": 1}})


def test_a_factory_that_fails_names_the_middleware():
    def factory():
        raise SystemExit("no")

    refused('middleware "factory": its construction failed with SystemExit', factory)


def test_a_factory_carries_the_manifest_itself():
    refused("put `manifest` on the class or factory itself", factory=lambda: suffix("x"))


def test_a_store_takes_only_what_the_manifest_declares():
    class Keeping:
        manifest = Manifest(purposes=BOTH.purposes, stores=[StoredData("counts", Purpose.SUPPORT, 7)])

        def __init__(self, kit):
            kit.store.put("a", {"n": 1}, purpose=Purpose.SUPPORT, conversation_id="c1")
            kit.store.put("b", 2, purpose=Purpose.SUPPORT)
            assert kit.store.keys() == ("a", "b")
            assert kit.store.get("a") == {"n": 1}
            kit.store.delete("b")
            assert kit.store.erase("c1") == 1
            kit.store.put("c", 1, purpose=Purpose.TRAINING)

    services = FakeServices()
    refused("construction failed with ValueError: .* stores nothing for training", Keeping, services=services)
    assert services.stores["keeping"].rows == {}


# -- description ---------------------------------------------------------------------------------------------


def test_the_description_says_when_a_hook_is_not_called():
    class Described:
        manifest = Manifest(
            purposes=BOTH.purposes, recipients=[Recipient("Mailer", "processor", "DE")], description="Mails."
        )

        @hookimpl
        def on_training_exported(self, event):
            pass

        @hookimpl
        def on_consent_changed(self, event):
            pass

    (described,) = chain_of(Described).describe()
    assert described["manifest"]["recipients"][0]["name"] == "Mailer"
    assert {hook["hook"]: hook["called"] for hook in described["hooks"]} == {
        "on_training_exported": (
            "only while the visitor's consent covers training; not called for other conversations"
        ),
        "on_consent_changed": "always, without text",
    }


def test_a_middleware_without_hooks_is_described_as_idle():
    (described,) = chain_of(idle=plain()).describe()
    assert described["note"] == "no hooks: it does nothing"


def test_the_api_is_imported_without_web_and_database():
    heavy = ("flask", "sqlmodel", "gevent", "pydantic")
    code = f"import sys, chatgate; print([m for m in {heavy} if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
