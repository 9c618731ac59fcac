"""A dispatcher process of its own: waits for a word, dispatches once, and may be told to die at its n-th step."""

import json
import os
import signal
import smtplib
import sys
from dataclasses import asdict

import sqlalchemy as sa
from smtp_ground import Clock, channel

from alerts.dispatch import dispatch
from warehouse.engine import open_engine


class Countdown:
    """Kills this process, without any clean-up, when counted down."""

    def __init__(self, step):
        self.left = step

    def tick(self, *_given):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def dispatch_until(url, port, step):
    """Dispatch once and die at the n-th step: before a commit, before or after a server's reply. 0 never dies."""
    countdown = Countdown(step)
    reply = smtplib.SMTP.getreply

    def counted(server):
        countdown.tick()
        answer = reply(server)
        countdown.tick()
        return answer

    smtplib.SMTP.getreply = counted
    engine = open_engine(url)
    sa.event.listen(engine, "commit", countdown.tick)
    return dispatch(engine, channel(port), now=Clock(), worker=f"child-{os.getpid()}")


if __name__ == "__main__":
    sys.stdin.readline()
    done = dispatch_until(sys.argv[1], int(sys.argv[2]), 0)
    sys.stdout.write(json.dumps(asdict(done)))
