import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';

import { addStacks } from '../src/app.ts';
import { CATEGORIES } from '../src/category.ts';
import { createPlaceholders } from '../tools/placeholder.ts';
import { appWith, path, synthesize, type Resource, type Templates } from './template.ts';

const all = ({ data, bulletin }: Templates): Template[] => [data, bulletin];

describe('cdk-nag', () => {
  it.each([
    [{}],
    [{ encryption: 'customer-managed', capacity: 'provisioned', readUnits: '1', writeUnits: '1' }],
    [{ data: 'delete', stage: 'dev' }],
  ])('reports nothing with %j', (settings) => {
    const app = appWith(settings);
    addStacks(app);
    expect(() => app.synth()).not.toThrow();
  });

  it('reports an open bucket', () => {
    const app = appWith();
    addStacks(app);
    new Bucket(new Stack(app, 'Wrong'), 'Open');
    expect(() => app.synth()).toThrow('AwsSolutions-S10');
  });
});

describe('the templates', () => {
  it('are deterministic', () => {
    const binaries = createPlaceholders();
    const [first, second] = [synthesize({ binaries }), synthesize({ binaries })];
    expect(JSON.stringify(second.bulletin.toJSON())).toBe(JSON.stringify(first.bulletin.toJSON()));
    expect(JSON.stringify(second.data.toJSON())).toBe(JSON.stringify(first.data.toJSON()));
  });

  it('stay below the limits of CloudFormation', () => {
    for (const template of all(synthesize({ encryption: 'customer-managed' }))) {
      const json = template.toJSON() as { Resources: object };
      expect(Object.keys(json.Resources).length).toBeLessThanOrEqual(500);
      expect(JSON.stringify(json).length).toBeLessThan(1024 * 1024);
    }
  });

  it('match the snapshot', async () => {
    // One category represents all; permission.test.ts and stack.test.ts check each one.
    const others = CATEGORIES.filter((code) => code !== 'EB3').map((code) => `Topics/${code}`);
    const plain = all(synthesize()).map((template) => {
      const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
      const kept = Object.values(Resources).filter(
        (resource) => !others.some((other) => path(resource) === other || path(resource).startsWith(`${other}/`)),
      );
      return Object.fromEntries(
        kept.map((resource) => {
          return [path(resource), { ...resource, Metadata: undefined }];
        }),
      );
    });
    const text = JSON.stringify(plain, null, 1).replaceAll(/[0-9a-f]{64}\.zip/g, 'ASSET.zip');
    await expect(`${text}\n`).toMatchFileSnapshot('templates.snapshot.json');
  });
});
