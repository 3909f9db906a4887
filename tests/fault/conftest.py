"""The real broker, for the tests of this folder that ask for it."""

from tests.broker import broker  # noqa: F401 - pytest finds it here
