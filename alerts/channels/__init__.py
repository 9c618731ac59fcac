"""One folder a channel: a pure payload and a send."""
