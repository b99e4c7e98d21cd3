from common.storage import Storage
from . import names


def handler(event, context):
    Storage(names.BUCKET).write("k")
    Storage(names.table("orders")).touch()
