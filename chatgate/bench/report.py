"""Prints what `run` returned, for people."""

from typing import Any

_LINES = {
    "acked_vs_bare_relay": ("acked messages a second / bare Flask-SocketIO relay", "2.5 or more"),
    "acked_vs_prompt_relay": ("the same / that relay with TCP_NODELAY set by hand", "no bar"),
    "cpu_vs_prompt_relay": ("CPU a message / that relay with TCP_NODELAY set by hand", "no bar"),
    "acked_vs_node_relay": ("acked messages a second / bare Node relay", "0.4 or more"),
    "acked_vs_sqlmodel_per_message": ("acked messages a second / one SQLModel commit a message", "8 or more"),
    "cpu_vs_bare_relay": ("CPU a message / bare Flask-SocketIO relay", "0.4 or less"),
    "cpu_vs_node_relay": ("CPU a message / bare Node relay", "no bar"),
    "idle_memory_vs_bare_relay": ("memory of an idle connection / bare Flask-SocketIO relay", "0.6 or less"),
    "delivery_p99_vs_bare_relay": ("p99 of delivery at a fixed rate / bare Flask-SocketIO relay", "0.5 or less"),
    "cpu_two_processes_vs_one": ("CPU a message as two processes / as one, PostgreSQL and Redis", "1.4 or less"),
    "cpu_two_processes_apart_vs_one": ("the same, every message crossing from one to the other", "no bar"),
    "rate_with_5_ms_fsync_vs_without": ("rate with 5 ms added to each fsync / without", "0.4 or more"),
    "cost_many_vs_few_conversations": ("CPU a message with most / with fewest stored conversations", "1.2 or less"),
}


def lines(result: dict[str, Any]) -> list[str]:
    """Return the ratios with their bars, the spread of the rounds, and everything that went wrong."""
    told = ["", f"{'ChatGate / the other':68} {'ratio':>7}  bar"]
    for name, value in result["ratios"].items():
        key = next(known for known in _LINES if name.startswith(known))
        what, bar = _LINES[key]
        count = name.removeprefix(key).removeprefix("_at_")
        shown = "not measured" if value is None else f"{value:.2f}"
        spread = result["spread"].get(name)
        rounds = f"  (rounds {spread[0]:.2f} to {spread[1]:.2f})" if spread else ""
        told.append(f"{what + (f', {int(count):,}' if count else ''):68} {shown:>7}  {bar}{rounds}")
    start = result["scenarios"].get("start")
    if start:
        told.append(
            f"start to serving {start['later_start_seconds']:.2f} s (1.5 or less; the very first"
            f" {start['first_start_seconds']:.2f}), resident {start['later_resident_bytes'] / 1e6:.0f} MB (120 or less)"
        )
    slow = result["scenarios"].get("slow_reader", {}).get("slow")
    if slow:
        told.append(
            f"a reader that does not read: {slow['corrupted']} broken frames, {slow['others_lost']} lost by others"
        )
    told += [f"skipped: {what}: {why}" for what, why in result["skipped"].items()]
    if result["disturbed_rounds"]:
        told.append(f"{result['disturbed_rounds']} rounds were disturbed, by neighbours or the generator, to the end")
    told += [f"FAULT: {fault}" for fault in result["faults"]]
    return told
