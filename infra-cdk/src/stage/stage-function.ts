import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { binaryFolder } from '../binary.ts';
import type { Tables } from '../data-stack.ts';
import { TABLE_KEY_ACTIONS } from '../encryption.ts';
import type { Settings } from '../setting/settings.ts';
import type { Alarms } from '../alarm.ts';

/** The properties that all stages share. */
export interface StageProps {
  readonly settings: Settings;
  readonly tables: Tables;
  /** The customer managed key, if there is one. */
  readonly key: IKey | undefined;
  readonly alarms: Alarms;
}

export interface StageFunctionProps extends StageProps {
  /** The name of the stage and of its binary. */
  readonly name: 'fetcher' | 'parser' | 'notifier';
  readonly timeout: Duration;
  /** Environment variables in addition to those of all stages. */
  readonly environment: Readonly<Record<string, string>>;
  /** The alarm on errors of the function. */
  readonly failing: { readonly heading: string; readonly meaning: string };
}

/** The Lambda function of a stage with its logs and its role, which has only the permissions granted by `allow`. */
export class StageFunction extends Construct {
  readonly function: Function;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: StageFunctionProps) {
    super(scope, id);
    const { settings, tables, key } = props;
    const functionName = `VisaBulletin-${settings.stage}-${props.name}`;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key === undefined ? {} : { encryptionKey: key }),
    });
    this.role = new Role(this, 'Role', {
      description: `Permissions of the ${props.name} of Visa Bulletin Watch`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    // The ARN of a log group ends with a wildcard for its streams: Lambda chooses their names.
    this.allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    if (key !== undefined) {
      this.allow('UseKey', TABLE_KEY_ACTIONS, [key.keyArn]);
    }
    this.function = new Function(this, 'Function', {
      functionName,
      description: `Visa Bulletin Watch, ${settings.stage}: ${props.name}`,
      runtime: Runtime.PROVIDED_AL2023,
      handler: 'bootstrap',
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      code: Code.fromAsset(binaryFolder(props.name, settings)),
      memorySize: 256,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        DATA_TABLE: tables.data.tableName,
        LINKS_TABLE: tables.links.tableName,
        MARKS_TABLE: tables.marks.tableName,
        ...(settings.asOf === undefined ? {} : { AS_OF: settings.asOf }),
        ...props.environment,
      },
    });
    props.alarms.add(this, props.failing.heading, {
      meaning: props.failing.meaning,
      metric: this.function.metricErrors({ statistic: 'Sum' }),
      atLeast: 1,
    });
  }

  /** Grants actions on resources to the stage's role. */
  allow(sid: string, actions: string[], resources: string[]): void {
    this.role.addToPolicy(new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources }));
  }
}
