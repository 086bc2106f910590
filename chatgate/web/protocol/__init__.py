"""The wire protocol, version 1: the source of the TypeScript types and of docs/protocol.md.

It imports pydantic and nothing else of ChatGate, so that the build can read it before the package is installed. What
clients send is in ``received.py`` and ``desk_received.py``, what the server sends in ``sent.py`` and
``desk_sent.py``; both directions of the evidence are in ``evidence.py``, of the curators' page in ``training.py``.
"""

from pydantic import BaseModel

from chatgate.web.protocol.desk_received import *
from chatgate.web.protocol.desk_sent import *
from chatgate.web.protocol.evidence import *
from chatgate.web.protocol.fields import *
from chatgate.web.protocol.fields import Payload, View
from chatgate.web.protocol.received import *
from chatgate.web.protocol.sent import *
from chatgate.web.protocol.training import *

CLIENT_MODELS: tuple[type[BaseModel], ...] = tuple(Payload.__subclasses__())
SERVER_MODELS: tuple[type[BaseModel], ...] = tuple(View.__subclasses__())
