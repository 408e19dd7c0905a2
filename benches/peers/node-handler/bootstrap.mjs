// A handler's start as Node does it: load the two clients, make them, ask the Runtime API for work.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GameLiftClient } from "@aws-sdk/client-gamelift";

export const clients = [new DynamoDBClient({}), new GameLiftClient({})];
await fetch(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next`);
