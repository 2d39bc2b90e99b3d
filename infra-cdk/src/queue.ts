import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import { DEAD_LETTERS_KEPT } from './limit.ts';

/** A queue that is encrypted and only talked to over TLS. */
export function createQueue(scope: Construct, id: string, key: IKey | undefined, props: QueueProps): Queue {
  const encryption =
    key === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
  return new Queue(scope, id, { enforceSSL: true, ...encryption, ...props });
}

/** A queue where something ends that an operator must look at. */
export function createDeadLetters(scope: Construct, id: string, key: IKey | undefined, name: string): Queue {
  const queue = createQueue(scope, id, key, { queueName: name, retentionPeriod: DEAD_LETTERS_KEPT });
  acknowledge(queue, 'AwsSolutions-SQS3', 'Its messages are dead letters themselves; an alarm tells of the first one.');
  return queue;
}
