import a


def put(data):
    a.client.put_record(StreamName=a.NAME, Data=data, PartitionKey="1")
