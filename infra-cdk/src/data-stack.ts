import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

import { createKey } from './encryption.ts';
import type { Settings } from './setting/settings.ts';

/** The index of the data table that gives a whole bulletin, as `BULLETIN_INDEX` in `crates/aws/src/lib.rs`. */
export const BULLETIN_INDEX = 'by-bulletin-date';

/** The three tables. */
export interface Tables {
  /** Rows, standings and bulletins, with the stream that alerts come from. */
  readonly data: Table;
  /** Links, and the last looks at the source. */
  readonly links: Table;
  /** Marks of alerts that were sent. */
  readonly marks: Table;
}

/** What is kept: the tables, and the key that they are encrypted with where it is one of this account. A stack of its
 * own, so that everything else can be removed and deployed again around them. */
export class DataStack extends Stack {
  readonly tables: Tables;
  /** The key of this account, where one was asked for. */
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, props);
    const keeps = settings.data === 'keep';
    const removalPolicy = keeps ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = settings.encryption === 'customer-managed' ? createKey(this, settings.stage, removalPolicy) : undefined;
    const common = {
      ...capacity(settings),
      ...(this.key === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
      // The table's own protection, beside that of the stack; and a change of the table itself when it is lifted,
      // without which CloudFormation would not take up the new policy.
      deletionProtection: keeps,
    } satisfies TableProps;
    const data = new Table(this, 'Data', {
      ...common,
      tableName: `VisaBulletinData-${settings.stage}`,
      sortKey: { name: 'sk', type: AttributeType.STRING },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    data.addGlobalSecondaryIndex({
      indexName: BULLETIN_INDEX,
      partitionKey: { name: 'bulletin_date', type: AttributeType.STRING },
      sortKey: { name: 'pk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
      ...units(settings),
    });
    this.tables = {
      data,
      links: new Table(this, 'Links', { ...common, tableName: `ProcessedURLs-${settings.stage}` }),
      marks: new Table(this, 'Marks', {
        ...common,
        tableName: `AlertMarks-${settings.stage}`,
        timeToLiveAttribute: 'delete_at',
      }),
    };
  }
}

function capacity(settings: Settings): Pick<TableProps, 'billingMode' | 'readCapacity' | 'writeCapacity'> {
  const billingMode = settings.capacity.mode === 'on-demand' ? BillingMode.PAY_PER_REQUEST : BillingMode.PROVISIONED;
  return { billingMode, ...units(settings) };
}

function units({ capacity }: Settings): { readCapacity?: number; writeCapacity?: number } {
  return capacity.mode === 'on-demand'
    ? {}
    : { readCapacity: capacity.readUnits, writeCapacity: capacity.writeUnits };
}
