"""What commands ask of alerts."""

from newstide.app import App
from newstide.operations import alerts
from newstide.ports import Message
from newstide.records import Delivery, decode, encode
from newstide.settings import Settings
from newstide.topics import DELIVERIES
from tests.fakes import MemoryLog
from tests.samples import NOON


def test_a_delivery_is_made_due_again_while_the_store_is_away() -> None:
    log = MemoryLog()
    sent = Delivery(id="msg_1", alert="al_1", hook="desk", rule="r", body="{}", created=NOON, status="failed")
    log.produce([Message(DELIVERIES.name, sent.id, encode(sent))])
    app = App(Settings(store="http://127.0.0.1:1/newstide"), log, "own", serving=False)
    assert alerts.resend(app, id="msg_1") == {"status": "pending", "id": "msg_1"}
    assert decode(log.latest(DELIVERIES.name)["msg_1"], Delivery).status == "pending"
