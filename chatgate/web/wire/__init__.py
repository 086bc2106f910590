"""From bytes to packets: ChatGate's WebSocket under python-socketio, without knowing what is said."""
