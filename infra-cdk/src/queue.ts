import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import { DEAD_LETTERS_KEPT } from './limit.ts';

/** Creates an encrypted queue that accepts only TLS. */
export function createQueue(scope: Construct, id: string, key: IKey | undefined, props: QueueProps): Queue {
  const encryption =
    key === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
  return new Queue(scope, id, { enforceSSL: true, ...encryption, ...props });
}

/** Creates a dead-letter queue. */
export function createDeadLetters(scope: Construct, id: string, key: IKey | undefined, name: string): Queue {
  const queue = createQueue(scope, id, key, { queueName: name, retentionPeriod: DEAD_LETTERS_KEPT });
  acknowledge(queue, 'AwsSolutions-SQS3', 'This is a dead-letter queue. An alarm reports its first message.');
  return queue;
}
