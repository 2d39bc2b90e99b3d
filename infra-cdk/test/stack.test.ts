import { describe, expect, it } from 'vitest';

import { CATEGORIES } from '../src/category.ts';
import { named, only, path, resources, synthesize, type Resource, type Templates } from './template.ts';

const templates = synthesize();
const FUNCTION = 'AWS::Lambda::Function';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

/** The resource of a type at a path. */
function at(location: string, type: string, of: Templates = templates): Resource {
  const found = Object.values(resources(of.bulletin, type)).filter((resource) => path(resource) === location);
  expect(found.map(path)).toEqual([location]);
  return found[0] ?? { Type: type, Properties: {} };
}

/** The properties of a resource, with references replaced by paths. */
function properties(location: string, type: string, of: Templates = templates): Record<string, unknown> {
  const all = named(of, at(location, type, of).Properties) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'Tags'));
}

describe('the tables', () => {
  const tables = (of: Templates): Resource[] => Object.values(resources(of.data, 'AWS::DynamoDB::Table'));

  it('are retained, protected and have point-in-time recovery', () => {
    expect(tables(templates)).toHaveLength(3);
    for (const table of tables(templates)) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.UpdateReplacePolicy).toBe('Retain');
      expect(table.Properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
  });

  it('are deleted only if the settings ask for it', () => {
    for (const table of tables(synthesize({ data: 'delete' }))) {
      expect(table.DeletionPolicy).toBe('Delete');
      // CloudFormation ignores a change of the policy alone, so the table itself must change too.
      expect(table.Properties['DeletionProtectionEnabled']).toBe(false);
    }
  });

  it('have the keys, the index and the stream that the binaries use', () => {
    const [, data] = only(templates.data, 'AWS::DynamoDB::Table', 'TableName', 'VisaBulletinData-prod');
    expect(data.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-bulletin-date',
          KeySchema: [
            { AttributeName: 'bulletin_date', KeyType: 'HASH' },
            { AttributeName: 'pk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    const [, links] = only(templates.data, 'AWS::DynamoDB::Table', 'TableName', 'ProcessedURLs-prod');
    const [, marks] = only(templates.data, 'AWS::DynamoDB::Table', 'TableName', 'AlertMarks-prod');
    for (const table of [links, marks]) {
      expect(table.Properties['KeySchema']).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
      expect(table.Properties['StreamSpecification']).toBeUndefined();
    }
    expect(marks.Properties['TimeToLiveSpecification']).toEqual({ AttributeName: 'delete_at', Enabled: true });
    expect(links.Properties['TimeToLiveSpecification']).toBeUndefined();
  });

  it('and the index have the provisioned units', () => {
    const units = { ReadCapacityUnits: 3, WriteCapacityUnits: 7 };
    for (const table of tables(synthesize({ capacity: 'provisioned', readUnits: 3, writeUnits: 7 }))) {
      expect(table.Properties['BillingMode']).toBeUndefined();
      expect(table.Properties['ProvisionedThroughput']).toEqual(units);
      const indexes = (table.Properties['GlobalSecondaryIndexes'] ?? []) as { ProvisionedThroughput: unknown }[];
      expect(indexes.every((index) => JSON.stringify(index.ProvisionedThroughput) === JSON.stringify(units))).toBe(true);
    }
  });
});

describe('the functions', () => {
  it.each(['Fetcher', 'Parser', 'Notifier'])('%s runs the binary, logs JSON, and reserves no concurrency', (stage) => {
    const found = properties(`${stage}/Stage/Function`, FUNCTION);
    expect(found).toMatchObject({
      FunctionName: `VisaBulletin-prod-${stage.toLowerCase()}`,
      Runtime: 'provided.al2023',
      Handler: 'bootstrap',
      Architectures: ['x86_64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `${stage}/Stage/Logs` },
    });
    expect(found).not.toHaveProperty('ReservedConcurrentExecutions');
    const logs = at(`${stage}/Stage/Logs`, 'AWS::Logs::LogGroup');
    expect(logs.Properties).toMatchObject({ RetentionInDays: 90 });
    expect(logs.DeletionPolicy).toBe('Delete');
  });

  it('run on the architecture of the settings', async () => {
    const { createPlaceholders } = await import('../tools/placeholder.ts');
    const arm = synthesize({ architecture: 'arm64', binaries: createPlaceholders('arm64') });
    for (const found of Object.values(resources(arm.bulletin, FUNCTION))) {
      expect(found.Properties['Architectures']).toEqual(['arm64']);
    }
  });
});

describe('the fetcher', () => {
  it('is invoked by the schedule, with retries and a dead-letter queue', () => {
    expect(properties('Fetcher/Schedule', 'AWS::Scheduler::Schedule')).toEqual({
      Name: 'VisaBulletin-prod-look',
      Description: 'Polls for new bulletins and for corrections of recent ones',
      ScheduleExpression: 'rate(30 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'Fetcher/Stage/Function.Arn',
        RoleArn: 'Fetcher/ScheduleRole.Arn',
        Input: '{}',
        RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 1800 },
        DeadLetterConfig: { Arn: 'Fetcher/MissedLooks.Arn' },
      },
    });
  });

  it('is tried three times before its event is dead-lettered', () => {
    expect(properties('Fetcher/OnFailure', 'AWS::Lambda::EventInvokeConfig')).toEqual({
      FunctionName: 'Fetcher/Stage/Function',
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 1800,
      DestinationConfig: { OnFailure: { Destination: 'Fetcher/FailedLooks.Arn' } },
    });
  });
});

describe('the parser', () => {
  it('receives one page per invocation, at most two at once, and reports failures per message', () => {
    expect(properties('Parser/Source', MAPPING)).toEqual({
      EventSourceArn: 'Parser/Pages.Arn',
      FunctionName: 'Parser/Stage/Function',
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it.each([1, 2, 4, 5])('has enough time for %d hosts, and a visibility timeout six times as long', (count) => {
    const hosts = Array.from({ length: count }, (_, index) => `https://h${index}.state.gov`).join(',');
    const of = synthesize({ hosts });
    const timeout = at('Parser/Stage/Function', FUNCTION, of).Properties['Timeout'] as number;
    // A page and its confirmation, each 15 seconds per host.
    expect(timeout).toBeGreaterThanOrEqual(2 * 15 * count + 30);
    const pages = properties('Parser/Pages', 'AWS::SQS::Queue', of);
    expect(pages['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout);
    expect(pages['RedrivePolicy']).toEqual({ deadLetterTargetArn: 'Parser/RefusedPages.Arn', maxReceiveCount: 3 });
    // A page is queued again after an hour; by then all attempts must have ended.
    expect(3 * (pages['VisibilityTimeout'] as number)).toBeLessThanOrEqual(60 * 60);
  });

  it('with four hosts has at least 150 seconds', () => {
    expect(at('Parser/Stage/Function', FUNCTION).Properties['Timeout']).toBeGreaterThanOrEqual(150);
  });
});

describe('the notifier', () => {
  it('receives written standings and bulletins and retries them for six hours', () => {
    const filter = (prefix: string): object => ({
      Pattern: JSON.stringify({ eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { pk: { S: [{ prefix }] } } } }),
    });
    expect(properties('Notifier/Source', MAPPING)).toEqual({
      EventSourceArn: 'Data.StreamArn',
      FunctionName: 'Notifier/Stage/Function',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 50,
      FilterCriteria: { Filters: [filter('STANDING#'), filter('BULLETIN#')] },
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 6 * 60 * 60,
      DestinationConfig: { OnFailure: { Destination: 'Notifier/GivenUpRecords.Arn' } },
    });
  });

  it('times out before the mark of an alert that it is sending expires', () => {
    expect(at('Notifier/Stage/Function', FUNCTION).Properties['Timeout']).toBeLessThan(5 * 60);
  });
});

describe('every queue', () => {
  const queues = Object.values(resources(templates.bulletin, 'AWS::SQS::Queue'));

  it('is encrypted and accepts only TLS', () => {
    expect(queues).toHaveLength(6);
    for (const queue of queues) {
      expect(queue.Properties['SqsManagedSseEnabled']).toBe(true);
      const policy = properties(`${path(queue)}/Policy`, 'AWS::SQS::QueuePolicy');
      expect(policy['PolicyDocument']).toMatchObject({
        Statement: [{ Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      });
    }
  });

  it('for dead letters keeps them for 14 days', () => {
    const kept = queues.filter((queue) => path(queue) !== 'Parser/Pages');
    expect(kept.map((queue) => queue.Properties['MessageRetentionPeriod'])).toEqual(kept.map(() => 14 * 86_400));
  });
});

describe('the topics', () => {
  it('are one per category, one for bulletins and one for the operator', () => {
    const topics = Object.values(resources(templates.bulletin, 'AWS::SNS::Topic'));
    expect(topics.map((topic) => topic.Properties['TopicName']).sort()).toEqual(
      [
        ...CATEGORIES.map((code) => `VisaBulletin-prod-alerts-${code}`),
        'VisaBulletin-prod-alerts-BULLETINS',
        'VisaBulletin-prod-operator',
      ].sort(),
    );
    expect(new Set(topics.map((topic) => topic.Properties['DisplayName']))).toEqual(new Set(['VisaBull']));
  });

  it("take the operator's address from a parameter with NoEcho and contain no other address", () => {
    const { Parameters } = templates.bulletin.toJSON() as { Parameters: Record<string, object> };
    expect(Parameters['OperatorEmail']).toMatchObject({ Type: 'String', NoEcho: true });
    expect(Parameters['OperatorEmail']).not.toHaveProperty('Default');
    const subscriptions = Object.values(resources(templates.bulletin, 'AWS::SNS::Subscription'));
    expect(subscriptions.map((one) => named(templates, one.Properties))).toEqual([
      { Protocol: 'email', TopicArn: 'Topics/operator', Endpoint: 'OperatorEmail' },
    ]);
    for (const template of [templates.bulletin, templates.data]) {
      const text = JSON.stringify(template.toJSON()).replaceAll('@aws-cdk', '').replaceAll('you@example.com', '');
      expect(text).not.toMatch(/[\w.+-]+@[\w-]+\.\w+/);
    }
  });

  it('let alarms publish to the operator', () => {
    expect(properties('Topics/operator/Policy', 'AWS::SNS::TopicPolicy')['PolicyDocument']).toMatchObject({
      Statement: [
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
      ],
    });
  });
});

describe('a customer managed key', () => {
  const of = synthesize({ encryption: 'customer-managed' });

  it('encrypts tables, queues, topics and logs, and is retained with the tables', () => {
    const [key] = Object.values(resources(of.data, 'AWS::KMS::Key'));
    expect(key?.DeletionPolicy).toBe('Retain');
    expect(key?.Properties['EnableKeyRotation']).toBe(true);
    for (const table of Object.values(resources(of.data, 'AWS::DynamoDB::Table'))) {
      expect(table.Properties['SSESpecification']).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    }
    const encrypted: [string, string][] = [
      ['AWS::SQS::Queue', 'KmsMasterKeyId'],
      ['AWS::SNS::Topic', 'KmsMasterKeyId'],
      ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ];
    for (const [type, property] of encrypted) {
      for (const resource of Object.values(resources(of.bulletin, type))) {
        expect(named(of, resource.Properties[property])).toBe('Key.Arn');
      }
    }
  });

  it('can be used only by alarms and logs of this account', () => {
    const [key] = Object.values(resources(of.data, 'AWS::KMS::Key'));
    const { Statement } = key?.Properties['KeyPolicy'] as { Statement: { Principal: object; Condition?: object }[] };
    expect(Statement).toHaveLength(3);
    expect(Statement.slice(1).every((statement) => statement.Condition !== undefined)).toBe(true);
  });
});
