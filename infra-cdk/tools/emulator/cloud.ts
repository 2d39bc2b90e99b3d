import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

import { until } from './until.ts';

/** The account and region of the emulator. */
const PLACE = 'us-east-1:000000000000';
const FUNCTIONS = ['fetcher', 'parser', 'notifier'];

/** A deployment on the emulator, as seen by its operator and its subscribers. */
export class Cloud {
  readonly #stack: string;
  readonly #table: string;
  readonly #dynamo: DynamoDBClient;
  readonly #lambda: LambdaClient;
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;

  constructor(endpoint: string, stack: string, table: string) {
    const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.#stack = stack;
    this.#table = table;
    this.#dynamo = new DynamoDBClient(config);
    this.#lambda = new LambdaClient(config);
    this.#sns = new SNSClient(config);
    this.#sqs = new SQSClient(config);
  }

  /** Creates a queue and subscribes it to a topic with a filter policy. */
  async subscribe(queue: string, code: string, policy: object | undefined): Promise<string> {
    const { QueueUrl = '' } = await this.#sqs.send(new CreateQueueCommand({ QueueName: queue }));
    await this.#sns.send(
      new SubscribeCommand({
        TopicArn: `arn:aws:sns:${PLACE}:${this.#stack}-alerts-${code}`,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${PLACE}:${queue}`,
        Attributes: {
          RawMessageDelivery: 'true',
          ...(policy === undefined ? {} : { FilterPolicy: JSON.stringify(policy) }),
        },
      }),
    );
    return QueueUrl;
  }

  /** Sets the clocks of the functions. They must be idle: the emulator aborts running invocations. */
  async setClock(instant: string): Promise<void> {
    await Promise.all(FUNCTIONS.map((name) => this.#setClockOf(`${this.#stack}-${name}`, instant)));
  }

  async #setClockOf(FunctionName: string, instant: string): Promise<void> {
    const { Environment } = await this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, AS_OF: instant };
    await this.#lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    await waitUntilFunctionUpdatedV2({ client: this.#lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName });
  }

  /** Invokes the fetcher, as the schedule does, and waits until the parser and the notifier are done. Rejects if the
   * fetcher fails. */
  async poll(): Promise<void> {
    const FunctionName = `${this.#stack}-fetcher`;
    const answer = await this.#lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') }));
    if (answer.FunctionError !== undefined) {
      throw new Error(`the fetcher failed: ${Buffer.from(answer.Payload ?? []).toString()}`);
    }
    await until('the queue of pages is empty', async () => (await this.#waitingPages()) === 0);
    // The emulator passes batches to the notifier one at a time. The second marker is written after the notifier reached
    // the first one, so it is in a later batch: when it is reached, the batch of the first and all before are done.
    for (const marker of ['FIRST', 'SECOND']) {
      await this.#passMarker(`STANDING#${marker}-${Date.now()}`);
    }
  }

  /** Writes an item that the notifier cannot decode, and waits until the notifier dead-letters it. */
  async #passMarker(pk: string): Promise<void> {
    const key = { pk: { S: pk }, sk: { S: 'STANDING' } };
    await this.#dynamo.send(new PutItemCommand({ TableName: this.#table, Item: key }));
    const unread = await this.#queueUrl('unread-records');
    await until('the notifier has reached the marker', async () =>
      (await this.receive(unread)).some((record) => record.includes(pk)),
    );
    await this.#dynamo.send(new DeleteItemCommand({ TableName: this.#table, Key: key }));
  }

  /** The number of pages that are queued or being parsed. */
  async #waitingPages(): Promise<number> {
    const QueueUrl = await this.#queueUrl('pages');
    const { Attributes } = await this.#sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return (
      Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
    );
  }

  async #queueUrl(name: string): Promise<string> {
    const { QueueUrl = '' } = await this.#sqs.send(new GetQueueUrlCommand({ QueueName: `${this.#stack}-${name}` }));
    return QueueUrl;
  }

  /** Receives and deletes the messages of a queue. */
  async receive(QueueUrl: string): Promise<string[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    for (const { ReceiptHandle } of Messages) {
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.map(({ Body }) => Body ?? '');
  }
}
