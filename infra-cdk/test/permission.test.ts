import { describe, expect, it } from 'vitest';

import { CATEGORIES } from '../src/category.ts';
import { named, path, resources, synthesize, type Resource, type Templates } from './template.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The grants of a role by statement id: actions and resources, in order. */
type Grants = Readonly<Record<string, readonly [actions: readonly string[], resources: readonly unknown[]]>>;

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

function statements(policy: Resource): Statement[] {
  return (policy.Properties['PolicyDocument'] as { Statement: Statement[] }).Statement;
}

/** The grants of all roles, by the path of the role. */
function grants(templates: Templates): Record<string, Grants> {
  const policies = Object.values(resources(templates.bulletin, 'AWS::IAM::Policy'));
  return Object.fromEntries(
    policies.map((policy) => {
      const role = path(policy).replace(/\/DefaultPolicy$/, '');
      const granted = statements(policy).map(({ Sid, Effect, Action, Resource }) => {
        expect(Effect).toBe('Allow');
        return [Sid, [list(Action), list(named(templates, Resource))]];
      });
      return [role, Object.fromEntries(granted) as Grants];
    }),
  );
}

const TOPICS = [...CATEGORIES, 'BULLETINS'].map((code) => `Topics/${code}`);

/** The exact permissions of each role. `tests/aws/tests/stack/permission.rs` removes them one at a time on the emulator,
 * and lists those whose absence the emulator does not notice. */
const EXPECTED: Record<string, Grants> = {
  'Fetcher/Stage/Role': {
    WriteLogs: [['logs:CreateLogStream', 'logs:PutLogEvents'], ['Fetcher/Stage/Logs.Arn']],
    ReadCatalogue: [['dynamodb:GetItem'], ['Data.Arn']],
    ClaimLinks: [['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], ['Links.Arn']],
    QueuePages: [['sqs:SendMessage'], ['Parser/Pages.Arn']],
    KeepFailedLooks: [['sqs:SendMessage'], ['Fetcher/FailedLooks.Arn']],
  },
  'Fetcher/ScheduleRole': {
    InvokeFetcher: [['lambda:InvokeFunction'], ['Fetcher/Stage/Function.Arn']],
    KeepMissedLooks: [['sqs:SendMessage'], ['Fetcher/MissedLooks.Arn']],
  },
  'Parser/Stage/Role': {
    WriteLogs: [['logs:CreateLogStream', 'logs:PutLogEvents'], ['Parser/Stage/Logs.Arn']],
    StoreBulletins: [
      [
        'dynamodb:BatchGetItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      ['Data.Arn'],
    ],
    SettleLinks: [['dynamodb:GetItem', 'dynamodb:PutItem'], ['Links.Arn']],
    TakePages: [
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      ['Parser/Pages.Arn'],
    ],
  },
  'Notifier/Stage/Role': {
    WriteLogs: [['logs:CreateLogStream', 'logs:PutLogEvents'], ['Notifier/Stage/Logs.Arn']],
    ReadStandings: [['dynamodb:BatchGetItem', 'dynamodb:GetItem'], ['Data.Arn']],
    MarkAlerts: [['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'], ['Marks.Arn']],
    Publish: [['sns:Publish'], TOPICS],
    KeepUnreadRecords: [['sqs:SendMessage'], ['Notifier/UnreadRecords.Arn']],
    KeepGivenUpRecords: [['sqs:SendMessage'], ['Notifier/GivenUpRecords.Arn']],
    ReadStream: [
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      ['Data.StreamArn'],
    ],
    ListStreams: [['dynamodb:ListStreams'], [{ 'Fn::Join': ['', ['Data.Arn', '/stream/*']] }]],
  },
};

describe('permissions', () => {
  it('are exactly those that each stage needs', () => {
    expect(grants(synthesize())).toEqual(EXPECTED);
  });

  it('come with those on the key where there is one, and with no other', () => {
    const key = ['Key.Arn'];
    const found = grants(synthesize({ encryption: 'customer-managed' }));
    for (const [role, expected] of Object.entries(EXPECTED)) {
      const { UseKey, ...others } = found[role] ?? {};
      expect(others).toEqual(expected);
      expect(UseKey?.[1]).toEqual(key);
      expect(UseKey?.[0]).toContain('kms:GenerateDataKey');
      expect(UseKey?.[0].filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  it('name every resource and every action', () => {
    for (const encryption of ['aws-owned', 'customer-managed']) {
      const templates = synthesize({ encryption });
      for (const policy of Object.values(resources(templates.bulletin, 'AWS::IAM::Policy'))) {
        // The names of the table's streams are unknown until they are listed.
        const named = statements(policy).filter(({ Sid }) => Sid !== 'ListStreams');
        const text = JSON.stringify(named.map(({ Action, Resource }) => [Action, Resource]));
        expect(text).not.toContain('*');
      }
    }
  });

  it('come from these policies alone', () => {
    const { bulletin, data } = synthesize();
    for (const role of Object.values(resources(bulletin, 'AWS::IAM::Role'))) {
      expect(Object.keys(role.Properties)).not.toContain('ManagedPolicyArns');
      expect(Object.keys(role.Properties)).not.toContain('Policies');
    }
    expect(resources(data, 'AWS::IAM::Role')).toEqual({});
    expect(resources(bulletin, 'AWS::Lambda::Permission')).toEqual({});
  });

  it('let each role be taken by one service only', () => {
    const templates = synthesize();
    const takers = Object.values(resources(templates.bulletin, 'AWS::IAM::Role')).map((role) => {
      const { Statement } = role.Properties['AssumeRolePolicyDocument'] as { Statement: unknown[] };
      return [path(role), named(templates, Statement)];
    });
    const taker = (service: string, condition: object = {}): unknown[] => [
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service }, ...condition },
    ];
    const account = { Condition: { StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' } } };
    expect(Object.fromEntries(takers)).toEqual({
      'Fetcher/Stage/Role': taker('lambda.amazonaws.com'),
      'Fetcher/ScheduleRole': taker('scheduler.amazonaws.com', account),
      'Parser/Stage/Role': taker('lambda.amazonaws.com'),
      'Notifier/Stage/Role': taker('lambda.amazonaws.com'),
    });
  });
});
