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

/** The index of the data table that returns a whole bulletin: `BULLETIN_INDEX` in `crates/aws/src/lib.rs`. */
export const BULLETIN_INDEX = 'by-bulletin-date';

/** The three tables. */
export interface Tables {
  /** Rows, standings and bulletins. Its stream triggers the notifier. */
  readonly data: Table;
  /** Links, and the state of the last polls. */
  readonly links: Table;
  /** Marks of sent alerts. */
  readonly marks: Table;
}

/** The tables and, if there is one, the customer managed key. They have a separate stack so that everything else can be
 * removed and redeployed without data loss. */
export class DataStack extends Stack {
  readonly tables: Tables;
  /** The customer managed key, if the settings ask for one. */
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
      // In addition to the stack's termination protection. CloudFormation ignores a change of the removal policy alone,
      // so lifting this protection also makes the new policy take effect.
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
