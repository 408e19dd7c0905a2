"""A handler's start as Python does it: load the two clients, make them, ask the Runtime API for work."""

import os
import urllib.request

import boto3

clients = [boto3.client("dynamodb"), boto3.client("gamelift")]
urllib.request.urlopen(f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/next").read()
