import logging
import awswrangler as wr
import dask.dataframe as dd
import redshift_connector
import watchtower
from celery import Celery
from pynamodb.models import Model

celery = Celery("jobs", broker="sqs://")
logging.getLogger().addHandler(watchtower.CloudWatchLogHandler())


class Order(Model):
    class Meta:
        table_name = "orders"


def handler(event, context):
    frame = dd.read_csv("s3://lake/in.csv")
    wr.athena.read_sql_query("select 1", database="sales")
    wr.s3.to_parquet(frame, path="s3://lake/out/", dataset=True, database="sales", table="t")
    redshift_connector.connect(iam=True, cluster_identifier="c", database="d")
    redshift_connector.connect(host="h", user="u", password="p")
    logging.info("s3://lake/in.csv")
    return Order.get(event["id"]), frame
