from app import *

BUCKET = "photos"
