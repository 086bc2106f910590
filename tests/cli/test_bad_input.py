"""What an operator gets wrong: exit code 2 (1 for a finding), one line that names the mend, and nothing changed."""

import json
import os
import shlex
import socket
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from chatgate.cli import root
from chatgate.cli.serve import shipped_notice
from tests.cast import SINGLE_NOTICE
from tests.cli.saying import is_one_line
from tests.fingerprint import files_of
from tests.live import ROOT


@pytest.mark.parametrize(
    ("toml", "needles"),
    [
        ("prot = 8000", ['"prot"', 'did you mean "port"']),
        ("port = 70000", ['"port"']),
        ("port = 'x'", ['"port"']),
        ("database_url = 'mysql://u:secret@h/x'", ['"database_url"', "postgresql://"]),
        ("training_database_url = 'postgresql://u:secret@h:port/x'", ['"training_database_url"', "postgresql://"]),
        ("[consent]\npreset = 'double'", ['"consent.preset"']),
        ("[consent]\nticked = true", ['"consent.ticked"']),
        ("middleware = ['rate_limits']", ["rate_limits", "rate_limit"]),
        ("port = ", ["not valid TOML"]),
        ("[consent]\npreset = 'single'", ["equivalent_channel", "dpia_reference", "accept_conditionality_risk"]),
        (
            "[consent]\npreset = 'single'\nequivalent_channel = 'mail'\naccept_conditionality_risk = true",
            ["dpia_reference"],
        ),
    ],
)
def test_a_configuration_that_is_wrong_names_the_key(chatgate, tmp_path, toml, needles):
    (tmp_path / "chatgate.toml").write_text(toml, encoding="utf-8")
    code, error = chatgate("middleware")
    assert code == 2
    is_one_line(error, *needles)
    assert "secret" not in error


def test_an_unknown_environment_variable_is_named(chatgate, monkeypatch):
    monkeypatch.setenv("CHATGATE_PROT", "1")
    code, error = chatgate("config")
    assert code == 2
    is_one_line(error, "CHATGATE_PROT", "port")


def test_a_missing_configuration_file_is_named(chatgate):
    code, error = chatgate("config", "--config", "other.toml")
    assert code == 2
    is_one_line(error, "other.toml", "chatgate init")


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/chatgate"])
def test_a_data_directory_that_cannot_be_written_is_named(chatgate, tmp_path, place):
    (tmp_path / "a-file").write_text("x", encoding="utf-8")
    code, error = chatgate("site", "list", "--data-dir", place)
    assert code == 2
    is_one_line(error, place, "--data-dir")


NOTICE = shipped_notice("split")
TRAINING = 'required = false\nlegal_basis = "consent"'
SHORT = """+++
notice = "n"
version = "1.0.0"
preset = "split"
policy_version = "1"
storage_location = "x"
jurisdiction = "PL"
complaint_authority = "x"
controller = {controller}
clauses = {clauses}
locales = {{}}
+++
"""


def with_policy(url):
    """Return the shipped notice with a policy link."""
    return NOTICE.replace("policy_version", f'policy_url = "{url}"\npolicy_version', 1)


BAD_NOTICES = {
    "a missing locale": (NOTICE[: NOTICE.index("# pl")], ["# pl"]),
    "swapped locales": (
        NOTICE.replace("\n# en\n", "\n# xx\n").replace("\n# pl\n", "\n# en\n").replace("\n# xx\n", "\n# pl\n"),
        ["locale mix-up"],
    ),
    "swapped labels": (
        NOTICE.replace("Read the full clause", "@")
        .replace("Przeczytaj pełną klauzulę", "Read the full clause")
        .replace('"@"', '"Przeczytaj pełną klauzulę"'),
        ["locale mix-up"],
    ),
    "a label of another language": (
        NOTICE.replace('policy = "Polityka prywatności"', 'policy = "Privacy policy"'),
        ["locale mix-up", "Privacy policy"],
    ),
    "a label that was not translated": (
        NOTICE.replace('full_text = "Przeczytaj pełną klauzulę"', 'full_text = "Read the clause"'),
        ["locale mix-up", "Read the clause"],
    ),
    "a section nobody declared": (NOTICE + "\n# de\n\n## support\nHallo\n", ["# de"]),
    "a link without TLS": (
        with_policy("http://x.example/p"),
        ["http://x.example/p"],
    ),
    "a link with a script": (
        with_policy("javascript:1"),
        ["javascript:1"],
    ),
    "a link to another host": (
        with_policy("//x.example/p"),
        ["//x.example/p"],
    ),
    "a clause of 61 words": (NOTICE.replace("may use this chat to", "may use this chat to " + "very " * 45), ["60"]),
    "a clause without the controller": (NOTICE.replace("{controller} may use", "We may use"), ["controller"]),
    "no clause text": (NOTICE.replace("## training", "## trainings"), ["training"]),
    "no controller": (NOTICE.replace('name = "Kiln & Cup"', 'name = ""'), ["controller.name"]),
    "an unknown key": (NOTICE.replace("recipients = []", "recipient = []"), ['"recipient"']),
    "an unknown purpose": (NOTICE.replace("[clauses.training]", "[clauses.profiling]"), ["profiling"]),
    "a pre-ticked clause": (NOTICE.replace("required = false", "required = false\nticked = true"), ["training"]),
    "two legal bases": (
        NOTICE.replace(TRAINING, 'required = false\nlegal_basis = ["consent", "contract"]'),
        ["legal basis"],
    ),
    "another legal basis": (
        NOTICE.replace(TRAINING, 'required = false\nlegal_basis = "legitimate_interest"'),
        ["legal basis"],
    ),
    "training required": (NOTICE.replace("required = false", "required = true"), ["split"]),
    "support optional": (NOTICE.replace("required = true", "required = false"), ["support"]),
    "a version that is none": (NOTICE.replace('"1.0.0"', '"one"'), ["one"]),
    "no retention": (NOTICE.replace("retention_days = 730", "retention_days = 0"), ["retention_days"]),
    "retention in words": (NOTICE.replace("retention_days = 730", 'retention_days = "two years"'), ["retention_days"]),
    "a controller that is a word": (SHORT.format(controller='"us"', clauses="{}"), ["controller"]),
    "clauses in a list": (SHORT.format(controller="{}", clauses="[]"), ["clauses"]),
    "no front matter": ("# en\nHello\n", ["+++"]),
    "broken front matter": (NOTICE.replace('preset = "split"', "preset = split"), ["TOML"]),
    "one box without its keys": (SINGLE_NOTICE, ["equivalent_channel"]),
    "empty": ("", ["+++"]),
}


@pytest.mark.parametrize("case", BAD_NOTICES)
def test_a_notice_that_would_not_inform_is_refused_and_nothing_is_published(chatgate, shop, case):
    text, needles = BAD_NOTICES[case]
    assert text != NOTICE
    (shop / "bad.md").write_text(text, encoding="utf-8")
    before = files_of(shop)
    code, error = chatgate("notice", "publish", "bad.md", "--site", "shop")
    assert code == 2, error
    is_one_line(error, *needles)
    assert {name: value for name, value in files_of(shop).items() if not name.endswith("-wal")} == before


def test_a_published_version_is_not_published_again_with_other_words(chatgate, shop):
    assert chatgate("notice", "publish", "notice.md", "--site", "shop")[0] == 0
    assert chatgate("notice", "publish", "notice.md", "--site", "shop")[0] == 0
    changed = (shop / "notice.md").read_text(encoding="utf-8").replace("may process this chat", "may read this chat")
    (shop / "changed.md").write_text(changed, encoding="utf-8")
    code, error = chatgate("notice", "publish", "changed.md", "--site", "shop")
    assert code == 2
    is_one_line(error, "1.0.0")


@pytest.mark.parametrize(
    ("arguments", "needles"),
    [
        (["notice", "publish", "nowhere.md", "--site", "shop"], ["nowhere.md"]),
        (["notice", "publish", "notice.md", "--site", "other"], ["other", "site add"]),
        (["site", "add", "Shop!", "--name", "x"], ["Shop!"]),
        (["site", "add", "shop", "--name", "x"], ["exists already"]),
        (["site", "add", "new", "--name", "x", "--origin", "shop.example"], ["shop.example"]),
        (["site", "add", "new", "--name", "x", "--origin", "https://shop.example/path"], ["origin"]),
        (["site", "set", "shop", "accent=red"], ["accent"]),
        (["site", "set", "shop", "colour=#000000"], ["colour"]),
        (["site", "set", "shop", "accent"], ["key=value"]),
        (["site", "set", "nowhere", "accent=#000000"], ["nowhere"]),
        (["agent", "add", "nobody"], ["nobody"]),
        (["agent", "reset", "nobody@shop.example"], ["nobody@shop.example"]),
        (["agent", "list", "--config", "."], [".", "--config"]),
        (["notice", "list", "--site", "other"], ["other", "site add"]),
        (["notice", "diff", "notice.md", "--site", "other"], ["other", "site add"]),
        (["training", "list", "--state", "kept"], ["kept", "held"]),
        (["training", "evaluate", "empty.jsonl"], ["empty.jsonl", "intent"]),
        (["training", "evaluate", "."], [".", "Is a directory"]),
        (["replay", "picture.jpg"], ["picture.jpg", "UTF-8"]),
        (["agent", "remove", "a@shop.example", "--reason"], ["--reason", "--help"]),
        (["init", "again", "--site", "Shop!"], ["Shop!"]),
        (["init", "again", "--email", "nobody"], ["nobody"]),
    ],
)
def test_a_wrong_argument_names_itself_and_changes_nothing(chatgate, shop, arguments, needles):
    (shop / "empty.jsonl").touch()
    (shop / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    code, error = chatgate(*arguments)
    assert code == 2
    is_one_line(error, *needles)
    assert list((shop / "again").glob("*")) == []


@pytest.mark.parametrize(
    ("arguments", "needles"),
    [
        (["subject", "export", "nobody"], ["nobody", "receipt"]),
        (["subject", "erase", "nobody", "--reason", "a letter"], ["nobody", "receipt"]),
        (["subject", "restrict", "nobody", "--reason", "a claim"], ["nobody", "receipt"]),
        (["notice", "show", "deadbeef"], ["deadbeef", "notice list"]),
        (["training", "lineage", "nothing"], ["nothing", "training list"]),
        (["training", "approve", "nothing", "--reason", "x"], ["nothing", "training list"]),
        (["training", "feed", "nothing"], ["nothing", "manifest"]),
        (["training", "feed", "nothing", "--output", "feed.json"], ["nothing", "manifest"]),
    ],
)
def test_an_id_that_nothing_has_is_named_with_where_to_look(chatgate, shop, arguments, needles):
    code, error = chatgate(*arguments)
    assert code == 1
    is_one_line(error, *needles)
    assert not (shop / "feed.json").exists()


READING = (
    "agent list|agent reset a@shop.example|notice list|site list|site set shop accent=#000000|subject list"
    "|ledger verify|ledger checkpoint|training stats|retention sweep|backup make b.zip"
)


@pytest.mark.parametrize("arguments", READING.split("|"))
def test_a_slip_in_the_path_is_told_and_makes_no_new_installation(chatgate, shop, arguments):
    code, error = chatgate(*arguments.split(), "--data-dir", "chatgate-dota")
    assert code == 2
    is_one_line(error, "chatgate-dota", "--data-dir")
    assert not (shop / "chatgate-dota").exists()


NOWHERE = "agent add a@shop.example|site add shop --name Shop|run --port 0|worker|doctor|agent list|config|middleware"


@pytest.mark.parametrize("arguments", NOWHERE.split("|"))
@pytest.mark.parametrize("database", ["", "empty_postgresql"])
def test_a_command_in_the_wrong_place_makes_no_installation(
    chatgate, monkeypatch, tmp_path, request, arguments, database
):
    if database:
        url = request.getfixturevalue(database)
        monkeypatch.setenv("CHATGATE_DATABASE_URL", url)
        monkeypatch.setenv("CHATGATE_TRAINING_DATABASE_URL", url)
    code, error = chatgate(*arguments.split())
    if arguments in {"config", "middleware"}:
        assert (code, error) == (0, "")
    else:
        assert code == 2
        is_one_line(error, "chatgate-data", "--config", "chatgate init")
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_says_where_and_looking_at_its_chain_makes_nothing(chatgate, tmp_path):
    (tmp_path / "chatgate.toml").write_text("middleware = []", encoding="utf-8")
    assert chatgate("middleware") == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["chatgate.toml"]
    assert chatgate("site", "add", "shop", "--name", "Shop")[0] == 0
    assert (tmp_path / "chatgate-data" / "chatgate.db").exists()


def test_init_never_overwrites(chatgate, shop):
    code, error = chatgate("init", ".")
    assert code == 2
    is_one_line(error, "chatgate.toml")


def test_doctor_exits_with_1_and_names_each_finding(chatgate, shop):
    code, _error = chatgate("doctor", "--json")
    assert code == 1


def is_understood(example):
    """Assert that an example's command exists and has its options."""
    words = shlex.split(example.split("| ")[-1])
    assert words.pop(0) == "chatgate", example
    command = root.root
    while isinstance(command, click.Group) and words:
        context = click.Context(command)
        found = command.get_command(context, words[0])
        if found is None:  # `chatgate backup DIR` is `chatgate backup make DIR`
            assert command.name == "backup", example
            found = command.get_command(context, "make")
        else:
            words.pop(0)
        command = found
    options = {name for one in command.params for name in [*one.opts, *one.secondary_opts]}
    unknown = {word.partition("=")[0] for word in words if word.startswith("-")} - options
    assert not unknown, example


def test_every_command_has_help_with_an_example_that_it_understands():
    runner = CliRunner()
    waiting = [((), root.root)]
    seen = 0
    while waiting:
        path, command = waiting.pop()
        answer = runner.invoke(root.root, [*path, "--help"])
        assert answer.exit_code == 0, path
        assert "Example" in answer.output, path
        is_understood(command.help.split("Example: ")[1].splitlines()[0])
        seen += 1
        context = command.make_context("chatgate", [], resilient_parsing=True)
        for name in getattr(command, "list_commands", lambda _context: [])(context):
            waiting.append(((*path, name), command.get_command(context, name)))
    assert seen > 20


def test_a_port_in_use_is_one_line_and_the_process_ends(shop):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "chatgate", "run", "--config", "chatgate.toml", "--port", port]
        ended = subprocess.run(
            command,
            cwd=shop,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 2
    is_one_line(ended.stderr, port, "--port")


def test_config_prints_no_secret(chatgate, tmp_path, capsys, monkeypatch):
    (tmp_path / "chatgate.toml").write_text('redis_url = "redis://:secret@h/0"', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["chatgate", "config", "--json"])
    assert root.run_command() == 0
    out = capsys.readouterr().out
    assert "secret" not in out
    assert json.loads(out)["redis_url"] == "(set)"


@pytest.mark.parametrize(
    "arguments",
    ["restore", "nope", "agent nope", "agent add", "run --port 99999999", "backup --keep x", "site set", "run --nope"],
)
def test_wrong_usage_is_one_line_that_says_where_to_read_on(chatgate, arguments):
    code, error = chatgate(*arguments.split())
    assert code == 2
    is_one_line(error, "--help`")


def test_a_value_that_breaks_a_rule_of_ours_is_told_without_the_librarys_words(chatgate, monkeypatch):
    monkeypatch.setenv("CHATGATE_METRICS_TOKEN", "short")
    code, error = chatgate("config")
    assert code == 2
    is_one_line(error, '"metrics_token": has fewer than 16 characters', "openssl rand")


def test_a_demo_of_an_installation_is_refused_before_it_adds_an_agent(chatgate, shop):
    data = shop / "chatgate-data"
    code, error = chatgate("demo", "--port", "0", "--data-dir", str(data))
    assert code == 2
    is_one_line(error, "shop", "--data-dir")
    assert not (data / "demo-agent.txt").exists()
    code, error = chatgate("demo", "--port", "0", "--fresh", "--data-dir", str(data))
    assert code == 2
    assert (data / "chatgate.db").exists()
