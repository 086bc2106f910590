"""Flask and Flask-SocketIO: translates between the wire and the services, and decides nothing."""
