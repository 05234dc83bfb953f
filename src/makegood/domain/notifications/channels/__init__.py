"""The channels, one folder each; `CHANNELS` lists those through which a message leaves the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from makegood.domain.notifications.channels import email, in_app, push
from makegood.domain.notifications.models import Channel, Message

CHANNELS: Final[Mapping[Channel, Callable[[Message], None]]] = {
    Channel.EMAIL: email.deliver,
    Channel.IN_APP: in_app.deliver,
    Channel.PUSH: push.deliver,
}
