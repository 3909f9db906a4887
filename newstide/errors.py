"""The errors, as a tree.

NewstideError            what a user may see; the text is a full sentence
├── SettingsError        a setting is wrong: file, line and key are named     (exit 2)
├── UsageError           a command was used wrongly                           (exit 2)
│   └── NotBegun         there is no log yet where the command looks          (exit 2)
├── EngineError          log or store cannot do it: locked, full, unreachable (exit 1)
│   ├── Held             another process holds the data directory             (exit 1)
│   └── Away             a broker or server does not answer now; it may come back (exit 1)
├── Backpressure         the log's readers are behind: wait `retry_after` s, then again
└── Reject               a step will never take this input; it becomes a dead letter
"""


class NewstideError(Exception):
    """Base of all errors with a sentence for the user."""

    exit_code = 1


class SettingsError(NewstideError):
    exit_code = 2


class UsageError(NewstideError):
    exit_code = 2


class NotBegun(UsageError):
    """There is no log yet where a reading command looks for one."""


class EngineError(NewstideError):
    """The engine below the log or the store failed; the message says what to do."""


class Held(EngineError):
    """Another process holds the data directory."""


class Away(EngineError):
    """A broker or server does not answer now. A service waits for it; a command says so and ends."""


class Backpressure(NewstideError):
    """The topic's readers are too far behind to take more."""

    def __init__(self, topic: str, retry_after: float) -> None:
        super().__init__(f"readers of {topic} are behind; try again in {retry_after:g} s")
        self.topic, self.retry_after = topic, retry_after


class Reasoned(NewstideError):
    """`reason` is a short fixed phrase, `detail` explains."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class Reject(Reasoned):
    """This input will never pass."""


def why(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, without its name: `No such file or directory`."""
    return error.strerror or str(error) if isinstance(error, OSError) else "it is no UTF-8"
