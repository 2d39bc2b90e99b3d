import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { ownMetric, type Alarms } from './alarm.ts';
import type { StageFunction } from './stage/stage-function.ts';

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

/** Creates the operator's dashboard: all alarms, then metrics of the source, bulletins, alerts and functions. */
export function createDashboard(
  scope: Construct,
  stage: string,
  alarms: Alarms,
  functions: readonly StageFunction[],
): Dashboard {
  const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
    new GraphWidget({ title, left, right, width: 12 });
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: `VisaBulletin-${stage}` });
  dashboard.addWidgets(
    new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.all], width: 24, height: 6 }),
  );
  dashboard.addWidgets(
    graph(
      'Source',
      [ownMetric('LastGoodCheckAge', 'Maximum', HOUR)],
      [ownMetric('SourceBlocked', 'Maximum', HOUR), ownMetric('BulletinOverdue', 'Maximum', HOUR)],
    ),
    graph(
      'Bulletins',
      [ownMetric('CellsChanged', 'Sum', DAY)],
      ['BulletinsStored', 'Findings', 'PagesRefused'].map((name) => ownMetric(name, 'Sum', DAY)),
    ),
  );
  dashboard.addWidgets(
    graph(
      'Alerts',
      [ownMetric('AlertsSent', 'Sum', HOUR), ownMetric('RecordsRefused', 'Sum', HOUR)],
      [ownMetric('PublishToAlertSeconds', 'Maximum', HOUR)],
    ),
    graph(
      'Functions',
      functions.map((stage) => stage.function.metricErrors({ statistic: 'Sum', period: HOUR })),
      functions.map((stage) => stage.function.metricDuration({ statistic: 'Maximum', period: HOUR })),
    ),
  );
  return dashboard;
}
