"""The fixtures of ChatGate's testing kit: ``fake_services`` and ``fixed_clock``."""

pytest_plugins = ["chatgate.testing"]
