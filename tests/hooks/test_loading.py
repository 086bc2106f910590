"""Start-up: what is listed is loaded, and every mistake is one line that names middleware and mend."""

import functools
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
from chatgate.testing import FakeServices, chain_of, session_open_context

from .builders import BOTH, plain, refused, suffix


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
def test_an_unknown_name_is_told_what_is_installed_and_how_to_install_ones_own():
    with pytest.raises(
        OperatorError, match=r"\(installed: broken, quiet; your own: `pip install -e \.` in its directory\)"
    ):
        load(["mine"])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("@hookimpl('support')", "@hookimpl takes only `purposes`, by name"),
        ("manifest = Manifest(purposes=['suport'])", "the purposes are: support, training, marketing"),
        ("manifest = Manifest(purpose=[])", "unexpected keyword argument 'purpose'"),
    ],
)
def test_a_failed_import_says_where_in_one_line(monkeypatch, tmp_path, line, told):
    (tmp_path / "tests_wrong.py").write_text(
        f"from chatgate import Manifest, hookimpl\n\n{line}\ndef check_session_open(context): pass\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "tests_wrong", raising=False)
    entry = EntryPoint("wrong", "tests_wrong", discovery.GROUP)
    monkeypatch.setattr(discovery, "installed", lambda: {"wrong": entry})
    with pytest.raises(OperatorError) as refused_start:
        load(["wrong"])
    text = str(refused_start.value)
    assert told in text
    assert text.endswith(f"({tmp_path / 'tests_wrong.py'}, line 3)")
    assert "\n" not in text


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


@pytest.mark.parametrize(
    ("function", "star"),
    [(lambda *args: None, r"\*args"), (lambda context, **rest: None, r"\*\*rest")],
    ids=["args", "kwargs"],
)
def test_a_hook_that_gathers_arguments_is_refused_because_they_would_stay_empty(function, star):
    refused(
        rf'^hook_gathers_arguments: middleware "odd": check_session_open has {star}, .* what it uses: context, kit$',
        odd=plain(check_session_open=hookimpl(function)),
    )


def test_a_decorated_hook_is_known_by_what_it_wraps():
    seen = []

    def noted(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            seen.append(sorted(kwargs))
            return function(*args, **kwargs)

        return inner

    @hookimpl
    @noted
    def check_session_open(context):
        assert context.page_path == "/careers"

    chain = load([], extra={"noted": plain(check_session_open=check_session_open)})
    chain.check("check_session_open", None, context=session_open_context(page_path="/careers"))
    assert seen == [["context"]]


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
